import type { AccountFacts, AddressFacts, AppPasswordFacts, TlsPublicKeyFacts } from '../../../directory/facts.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { choosePassword } from '../password-input.ts';
import type { ChosenPassword } from '../password-input.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

export async function accountAdd(input: CommandInput): Promise<void> {
  const [name = '', address = ''] = input.args;
  const chosen = await choosePassword(input);
  const { password } = chosen;
  await withAdministration(input, (each) => each.edit({ do: 'account-add', name, address, password }));
  showGenerated(input, name, chosen);
}

export async function accountPassword(input: CommandInput): Promise<void> {
  const [name = ''] = input.args;
  const chosen = await choosePassword(input);
  await withAdministration(input, (each) => each.edit({ do: 'account-password', name, password: chosen.password }));
  showGenerated(input, name, chosen);
}

function showGenerated(input: CommandInput, account: string, { password, generated }: ChosenPassword): void {
  if (generated) input.print({ account, password }, () => `password of ${account}: ${password}`);
  else input.print({ account }, () => '');
}

export async function accountRemove(input: CommandInput): Promise<void> {
  await withAdministration(input, (each) => each.edit({ do: 'account-remove', name: input.args[0] ?? '' }));
}

export async function accountDisable(input: CommandInput): Promise<void> {
  const loginDisabled = input.text('message');
  if (loginDisabled === undefined) throw new UsageError('--message TEXT is needed: the user is told it at login');
  await withAdministration(input, (each) => each.edit({ do: 'account-set', name: input.args[0] ?? '', loginDisabled }));
}

export async function accountEnable(input: CommandInput): Promise<void> {
  const operation = { do: 'account-set', name: input.args[0] ?? '', loginDisabled: null } as const;
  await withAdministration(input, (each) => each.edit(operation));
}

/** A number; an empty value: as if it was never set. */
const readNumber = (value: string): number | null | undefined =>
  value === '' ? null : /^\d{1,15}$/.test(value) ? Number(value) : undefined;

const readTruth = (value: string): boolean | undefined =>
  value === 'true' ? true : value === 'false' ? false : undefined;

/** What can be set by `KEY=VALUE`; `read` is undefined for what is no value. */
const accountSettings: Readonly<
  Record<string, { readonly name: string; readonly form: string; read(value: string): unknown }>
> = {
  quota: { name: 'quotaBytes', form: 'BYTES', read: readNumber },
  'main-password': {
    name: 'mainPassword',
    form: 'web-only|anywhere',
    read: (value) => (value === 'web-only' || value === 'anywhere' ? value : undefined),
  },
  admin: { name: 'administrator', form: 'true|false', read: readTruth },
  'hidden-capabilities': {
    name: 'hiddenCapabilities',
    form: 'NAME,…',
    read: (value) => (value === '' ? [] : value.split(',')),
  },
  'unique-return-paths': { name: 'uniqueReturnPaths', form: 'true|false', read: readTruth },
  'copy-sent': { name: 'copySent', form: 'true|false', read: readTruth },
  'recipients-per-day': { name: 'recipientsPerDay', form: 'N', read: readNumber },
  'new-recipients-per-day': { name: 'newRecipientsPerDay', form: 'N', read: readNumber },
};

/** Settings as `KEY=VALUE`. */
export async function accountSet(input: CommandInput): Promise<void> {
  const [name = '', ...settings] = input.args;
  const given: Partial<Record<string, unknown>> = {};
  for (const setting of settings) {
    const [, key = '', value = ''] = /^([a-z-]+)=(.*)$/.exec(setting) ?? [];
    const known = accountSettings[key];
    const read = known?.read(value);
    if (known === undefined || read === undefined) {
      throw new UsageError(
        `"${setting}" is none of ${Object.entries(accountSettings)
          .map(([each, { form }]) => `${each}=${form}`)
          .join(', ')}`,
      );
    }
    given[known.name] = read;
  }
  await withAdministration(input, (each) => each.edit({ do: 'account-set', name, ...given }));
}

export async function accountList(input: CommandInput): Promise<void> {
  const facts = (await withAdministration(input, (each) => each.query({ ask: 'accounts' }))) as readonly AccountFacts[];
  input.print(facts, () => alignColumns(facts.map((each) => [each.name, marks(each)])));
}

type ShownAccount = AccountFacts & {
  readonly addresses: readonly AddressFacts[];
  readonly aliases: readonly string[];
  readonly tlsPublicKeys: readonly TlsPublicKeyFacts[];
  readonly appPasswords: readonly AppPasswordFacts[];
};

export async function accountShow(input: CommandInput): Promise<void> {
  const facts = await withAdministration(input, (each) => each.query({ ask: 'account', name: input.args[0] ?? '' }));
  const shown = facts as ShownAccount;
  input.print(shown, () =>
    alignColumns([
      ['account', `${shown.name} ${marks(shown)}`.trim()],
      ['created', shown.created],
      ...(shown.hiddenCapabilities.length === 0 ? [] : [['hidden capabilities', shown.hiddenCapabilities.join(', ')]]),
      ...(shown.quotaBytes === null ? [] : [['quota', `${shown.quotaBytes} octets`]]),
      ...sendingRules(shown),
      ...shown.addresses.map(({ address, mailbox }) => [
        'address',
        mailbox === 'INBOX' ? address : `${address} → ${mailbox}`,
      ]),
      ...shown.aliases.map((alias) => ['alias', alias]),
      ...shown.routes.map(({ transport }, index) => ['route', `${index + 1} → ${transport}`]),
      ...shown.appPasswords.map(({ name, protocols }) => ['app password', `${name} (${protocols.join(', ')})`]),
      ...shown.tlsPublicKeys.map(({ fingerprint, name }) => ['tlspubkey', `${fingerprint} ${name}`]),
    ]),
  );
}

/** What is not as the server has it. */
function sendingRules(shown: AccountFacts): readonly (readonly string[])[] {
  return [
    ...(shown.uniqueReturnPaths ? [['sending', 'a return path of its own for each recipient']] : []),
    ...(shown.copySent ? [['sending', 'a copy in Sent']] : []),
    ...(shown.recipientsPerDay === null ? [] : [['sending', `to ${shown.recipientsPerDay} recipients a day`]]),
    ...(shown.newRecipientsPerDay === null
      ? []
      : [['sending', `to ${shown.newRecipientsPerDay} new recipients a day`]]),
  ];
}

function marks({ hasPassword, loginDisabled, postmaster, mainPassword, administrator }: AccountFacts): string {
  const all = [
    administrator ? 'administrator' : '',
    postmaster ? 'postmaster' : '',
    hasPassword ? '' : 'no password',
    mainPassword === 'web-only' ? 'password for the web only' : '',
    loginDisabled === null ? '' : `login disabled: ${loginDisabled}`,
  ];
  return all.filter(Boolean).join(', ');
}
