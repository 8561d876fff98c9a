import { repairStore } from '../../../store/verify/repair-store.ts';
import { verifyStore } from '../../../store/verify/verify-store.ts';
import type { VerifyReport } from '../../../store/verify/verify-store.ts';
import { lockData } from '../../lock-data.ts';
import { Refusal } from '../../refusal.ts';
import { storeOptions } from '../../store-options.ts';
import type { CommandInput } from '../command.ts';
import { configOf } from '../config-of.ts';

/** Also beside a running server. */
export async function verify(input: CommandInput): Promise<void> {
  const report = await verifyStore(storeOptions(await configOf(input)));
  input.print(report, () => printReport(report));
  if (report.problems.length > 0) throw new Refusal(`${report.problems.length} problems; see "posthorn repair"`);
}

export async function repair(input: CommandInput): Promise<void> {
  const loaded = await configOf(input);
  const lock = lockData(loaded.dataDir);
  try {
    const { before, after } = await repairStore(storeOptions(loaded));
    input.print({ before, after }, () => `before:\n${printReport(before)}\nafter:\n${printReport(after)}`);
    if (after.problems.length > 0) throw new Refusal(`${after.problems.length} problems cannot be repaired`);
  } finally {
    lock.release();
  }
}

function printReport({ problems, accounts, mailboxes, messages, blobs }: VerifyReport): string {
  const held = `${accounts} accounts, ${mailboxes} mailboxes, ${messages} messages, ${blobs} blobs`;
  const lines = problems.map(
    ({ rule, where, found, repairable }) => `${rule} ${where}: ${found}${repairable ? '' : ' (cannot be repaired)'}`,
  );
  return [...lines, `${held}: ${problems.length === 0 ? 'all well' : `${problems.length} problems`}`].join('\n');
}
