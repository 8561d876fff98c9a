import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

const defaultLimit = 100;

export async function accountLogins(input: CommandInput): Promise<void> {
  const limit = input.text('limit') ?? String(defaultLimit);
  if (!/^[1-9]\d{0,4}$/.test(limit)) throw new UsageError(`--limit ${limit}: a number from 1 to 99999 is expected`);
  const facts = await withAdministration(input, (each) => each.logins(input.args[0] ?? '', Number(limit)));
  input.print(facts, () =>
    alignColumns(
      facts.map((row) => [
        ...[row.last.replace(/\.\d+/, ''), `${row.count}×`, row.result, row.protocol, row.mechanism],
        ...[
          row.tls ?? 'no TLS',
          row.address,
          row.login,
          [row.proofName ?? row.proof, row.client].filter(Boolean).join(' · '),
        ],
      ]),
    ),
  );
}
