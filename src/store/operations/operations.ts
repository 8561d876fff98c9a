import { addLoginAttempts } from './add-login-attempts.ts';
import { addSignatures } from './add-signatures.ts';
import { append } from './append.ts';
import { copy } from './copy.ts';
import { createMailbox } from './create-mailbox.ts';
import { deleteMailbox } from './delete-mailbox.ts';
import { editDirectory } from './edit-directory.ts';
import { expunge } from './expunge.ts';
import { addEntryReport } from './queue/add-entry-report.ts';
import { claimOutgoing } from './queue/claim-outgoing.ts';
import { editOutgoing } from './queue/edit-outgoing.ts';
import { editQueueRules } from './queue/edit-queue-rules.ts';
import { enqueueOutgoing } from './queue/enqueue-outgoing.ts';
import { renewOutgoing } from './queue/renew-outgoing.ts';
import { settleOutgoing } from './queue/settle-outgoing.ts';
import { sweepHistory } from './queue/sweep-history.ts';
import { keepRelayFacts } from './relay/keep-relay-facts.ts';
import { takeWarmUp } from './relay/take-warm-up.ts';
import { move } from './move.ts';
import { pruneLoginAttempts } from './prune-login-attempts.ts';
import { renameMailbox } from './rename-mailbox.ts';
import { repairCounts } from './repair-counts.ts';
import { replace } from './replace.ts';
import { resetSearch } from './reset-search.ts';
import { setAnnotations } from './set-annotations.ts';
import { setFlags } from './set-flags.ts';
import { setRights } from './set-rights.ts';
import { setSpecialUse } from './set-special-use.ts';
import { setSubscribed } from './set-subscribed.ts';
import { resetThreadFacts, resetUsualFields, setThreadFacts } from './set-thread-facts.ts';
import { sweep } from './sweep.ts';

/** Every write the store knows, by name. Arguments and answers are plain data, so a write can cross a thread. */
export const operations = {
  addEntryReport,
  addLoginAttempts,
  addSignatures,
  append,
  claimOutgoing,
  copy,
  createMailbox,
  deleteMailbox,
  editDirectory,
  editOutgoing,
  editQueueRules,
  enqueueOutgoing,
  expunge,
  keepRelayFacts,
  move,
  pruneLoginAttempts,
  renameMailbox,
  renewOutgoing,
  repairCounts,
  replace,
  resetSearch,
  resetThreadFacts,
  resetUsualFields,
  setAnnotations,
  setFlags,
  setRights,
  setSpecialUse,
  setSubscribed,
  setThreadFacts,
  settleOutgoing,
  sweep,
  sweepHistory,
  takeWarmUp,
} as const;

export type OperationName = keyof typeof operations;
export type OperationArguments<Name extends OperationName> = Parameters<(typeof operations)[Name]>[1];
type Answer<Name extends OperationName> =
  ReturnType<(typeof operations)[Name]> extends Generator<unknown, { readonly result: infer Result }> ? Result : never;
export type OperationResult<Name extends OperationName> = Answer<Name>;
