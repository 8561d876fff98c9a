import type { TlsPublicKeyFacts } from '../../../directory/facts.ts';
import { lastUseOf } from './last-use.ts';
import type { CommandInput } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

const maxCertificateBytes = 256 * 1024;

export async function tlspubkeyAdd(input: CommandInput): Promise<void> {
  const certificate = (await input.io.readInput(maxCertificateBytes)).toString('base64');
  const name = input.text('name');
  const imapPreauth = input.flag('imap-preauth') ?? true;
  const address = input.args[0] ?? '';
  await withAdministration(input, (each) =>
    each.edit({ do: 'tls-public-key-add', address, certificate, imapPreauth, ...(name === undefined ? {} : { name }) }),
  );
}

export async function tlspubkeyList(input: CommandInput): Promise<void> {
  const account = input.args[0];
  const query = { ask: 'tls-public-keys', ...(account === undefined ? {} : { account }) } as const;
  const facts = (await withAdministration(input, (each) => each.query(query))) as readonly TlsPublicKeyFacts[];
  input.print(facts, () =>
    alignColumns(
      facts.map((key) => [key.fingerprint, key.type, key.loginAddress, key.imapPreauth ? '' : 'no preauth', key.name]),
    ),
  );
}

export async function tlspubkeyShow(input: CommandInput): Promise<void> {
  const name = input.args[0] ?? '';
  const facts = await withAdministration(input, async (each) => {
    const found = (await each.query({ ask: 'tls-public-key', name })) as TlsPublicKeyFacts;
    const lastUses = await each.lastUses(found.account);
    return { ...found, lastUse: lastUseOf(`tls-public-key ${found.fingerprint}`, lastUses) };
  });
  const { lastUse, ...rest } = facts;
  const used = lastUse === null ? [] : [['lastUse', `${lastUse.time} from ${lastUse.address} (${lastUse.protocol})`]];
  input.print(facts, () =>
    alignColumns([...Object.entries(rest).map(([key, value]) => [key, String(value)]), ...used]),
  );
}

export async function tlspubkeyRemove(input: CommandInput): Promise<void> {
  await withAdministration(input, (each) =>
    each.edit({ do: 'tls-public-key-remove', fingerprint: input.args[0] ?? '' }),
  );
}
