import type { DomainFacts } from '../../../directory/facts.ts';
import type { AddressFacts } from '../../../directory/facts.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

export async function domainAdd(input: CommandInput): Promise<void> {
  const reportsOnly = input.flag('reports-only') ?? false;
  const operation = { do: 'domain-add', domain: input.args[0] ?? '', reportsOnly } as const;
  await withAdministration(input, (administration) => administration.edit(operation));
}

export async function domainRemove(input: CommandInput): Promise<void> {
  await withAdministration(input, (each) => each.edit({ do: 'domain-remove', domain: input.args[0] ?? '' }));
}

export async function domainDisable(input: CommandInput): Promise<void> {
  await setDisabled(input, true);
}

export async function domainEnable(input: CommandInput): Promise<void> {
  await setDisabled(input, false);
}

async function setDisabled(input: CommandInput, disabled: boolean): Promise<void> {
  await withAdministration(input, (each) => each.edit({ do: 'domain-set', domain: input.args[0] ?? '', disabled }));
}

/** `localpart-case-sensitive=true`, `catchall-separators=+,-`; an empty value: none. */
export async function domainSet(input: CommandInput): Promise<void> {
  const [domain = '', ...settings] = input.args;
  const changes: { caseSensitive?: boolean; separators?: readonly string[] } = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const key = at < 0 ? setting : setting.slice(0, at);
    const value = setting.slice(at + 1);
    if (at < 0) throw new UsageError(`"${setting}" is not KEY=VALUE`);
    if (key === 'localpart-case-sensitive') changes.caseSensitive = readBoolean(key, value);
    else if (key === 'catchall-separators') changes.separators = value === '' ? [] : value.split(/[,\s]+/);
    else
      throw new UsageError(`there is no domain key "${key}"; keys are localpart-case-sensitive, catchall-separators`);
  }
  await withAdministration(input, (each) => each.edit({ do: 'domain-set', domain, ...changes }));
}

function readBoolean(key: string, value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new UsageError(`${key} is true or false, not "${value}"`);
}

export async function domainList(input: CommandInput): Promise<void> {
  const facts = await withAdministration(input, (each) => each.query({ ask: 'domains' }));
  input.print(facts, () => alignColumns((facts as readonly DomainFacts[]).map((each) => [each.domain, marks(each)])));
}

export async function domainShow(input: CommandInput): Promise<void> {
  const facts = await withAdministration(input, (each) => each.query({ ask: 'domain', name: input.args[0] ?? '' }));
  const shown = facts as DomainFacts & {
    readonly addresses: readonly AddressFacts[];
    readonly aliases: readonly string[];
  };
  input.print(facts, () =>
    alignColumns([
      ['domain', `${shown.domain} ${marks(shown)}`.trim()],
      ['localpart-case-sensitive', String(shown.localpartCaseSensitive)],
      ['catchall-separators', shown.catchallSeparators.join(',')],
      ...shown.addresses.map(({ address, account }) => ['address', `${address} → ${account}`]),
      ...shown.aliases.map((alias) => ['alias', alias]),
      ...shown.routes.map(({ transport }, index) => ['route', `${index + 1} → ${transport}`]),
    ]),
  );
}

function marks({ disabled, reportsOnly }: DomainFacts): string {
  return [disabled ? 'disabled' : '', reportsOnly ? 'reports only' : ''].filter(Boolean).join(', ');
}
