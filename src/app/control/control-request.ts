import { ok } from '../../base/result.ts';
import { applyDocument } from '../../directory/document/apply-document.ts';
import { directoryDocumentSchema } from '../../directory/document/directory-document.ts';
import type { DirectoryDocumentInput } from '../../directory/document/directory-document.ts';
import { answerQuery } from '../../directory/answer-query.ts';
import type { DirectoryQuery } from '../../directory/answer-query.ts';
import type { DirectoryOperation } from '../../directory/decide-operation.ts';
import { ensureDkimKeys } from '../../directory/dkim/ensure-dkim-keys.ts';
import { nobody } from '../../directory/logins/login-attempt.ts';
import { loginFacts } from '../../directory/logins/login-facts.ts';
import type { LoginLog } from '../../directory/logins/login-log.ts';
import { getAccount } from '../../directory/operations/operation.ts';
import type { LiveDirectory } from '../../directory/live-directory.ts';
import type { Queue } from '../../queue/queue.ts';
import type { RelayStore } from '../../store/relay/relay-store.ts';
import type { ControlAnswer } from './control-answer.ts';
import { answerQueue } from './queue-request.ts';
import type { QueueRequest } from './queue-request.ts';

/** What an administrator can ask of a server, as plain data: the command line says it over the control socket. */
export type ControlRequest =
  | { readonly kind: 'edit'; readonly operation: DirectoryOperation }
  | { readonly kind: 'query'; readonly query: DirectoryQuery }
  | {
      readonly kind: 'apply';
      readonly document: DirectoryDocumentInput;
      readonly prune: boolean;
      readonly dryRun: boolean;
    }
  /** `account` `-`: logins that nobody has. */
  | { readonly kind: 'logins'; readonly account: string; readonly limit: number }
  /** When each key and app password of an account logged in last. */
  | { readonly kind: 'last-uses'; readonly account: string }
  | { readonly kind: 'queue'; readonly request: QueueRequest }
  /** What left on a day (since 1970) from addresses that warm up. */
  | { readonly kind: 'warm-ups'; readonly ips: readonly string[]; readonly day: number };

/** What answers: the parts of a running server, or of the command itself. */
export interface Controlled {
  readonly directory: LiveDirectory;
  readonly logins: LoginLog;
  readonly queue: Queue;
  readonly relay: Pick<RelayStore, 'warmUps'>;
}

/** Does what is asked. The form of the parts is checked where they are used: they may come from another version. */
export async function answerControl(parts: Controlled, request: ControlRequest): Promise<ControlAnswer> {
  const { directory, logins, queue } = parts;
  switch (request.kind) {
    case 'edit': {
      const done = await directory.editor.edit(request.operation);
      if (done.ok) await ensureDkimKeys(directory.editor);
      return done.ok ? { ok: true, value: null } : { ok: false, messages: [done.error.message] };
    }
    case 'query': {
      const facts = answerQuery(directory.view, request.query);
      return facts.ok ? facts : { ok: false, messages: [facts.error.message] };
    }
    case 'apply': {
      const document = directoryDocumentSchema.safeParse(request.document);
      if (!document.success) return { ok: false, messages: ['the document is not one that this version understands'] };
      const { prune, dryRun } = request;
      const done = await applyDocument(directory.editor, document.data, { prune, dryRun });
      if (done.ok) {
        if (!dryRun) await ensureDkimKeys(directory.editor);
        return { ok: true, value: done.value.lines };
      }
      return { ok: false, messages: done.error.map(({ message }) => message) };
    }
    case 'logins': {
      const { account, limit } = request;
      const record = account === nobody ? ok({ name: nobody }) : getAccount(directory.view, account);
      if (!record.ok) return { ok: false, messages: [record.error.message] };
      const rows = await logins.read(record.value.name, limit);
      return ok(rows.map((row) => loginFacts(directory.view, row)));
    }
    case 'last-uses': {
      const record = getAccount(directory.view, request.account);
      if (!record.ok) return { ok: false, messages: [record.error.message] };
      const rows = await logins.readLastUses(record.value.name);
      return ok(rows.map((row) => loginFacts(directory.view, row)));
    }
    case 'warm-ups':
      return ok(await parts.relay.warmUps(request.ips, request.day));
    case 'queue':
      return answerQueue(directory, queue, request.request);
    default:
      return { ok: false, messages: ['the server does not know this request; is it another version?'] };
  }
}
