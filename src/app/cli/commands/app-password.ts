import { loginProtocols } from '../../../directory/directory.ts';
import type { LoginProtocol } from '../../../directory/directory.ts';
import type { AppPasswordFacts } from '../../../directory/facts.ts';
import { generateAppPassword } from '../../../directory/passwords/app-password.ts';
import { lastUseOf } from './last-use.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

export async function appPasswordAdd(input: CommandInput): Promise<void> {
  const [account = '', name = ''] = input.args;
  const protocols = readProtocols(input.text('protocols'));
  const expires = readExpiry(input.text('expires'), new Date());
  const password = generateAppPassword();
  await withAdministration(input, (each) =>
    each.edit({
      ...{ do: 'app-password-add', account, name, password },
      ...(protocols === undefined ? {} : { protocols }),
      ...(expires === undefined ? {} : { expires }),
    }),
  );
  input.print({ account, name, password, protocols: protocols ?? loginProtocols, expires: expires ?? null }, () =>
    [`app password "${name}" of ${account}: ${password}`, 'It is not kept and cannot be shown again.'].join('\n'),
  );
}

export async function appPasswordList(input: CommandInput): Promise<void> {
  const account = input.args[0] ?? '';
  const facts = await withAdministration(input, async (each) => {
    const found = (await each.query({ ask: 'app-passwords', account })) as readonly AppPasswordFacts[];
    const lastUses = await each.lastUses(account);
    return found.map((one) => ({ ...one, lastUse: lastUseOf(`app-password ${one.id}`, lastUses) }));
  });
  input.print(facts, () =>
    alignColumns(
      facts.map(({ name, protocols, created, expires, lastUse }) => [
        ...[name, protocols.join(','), `since ${created}`, expires === null ? '' : `until ${expires}`],
        lastUse === null ? '' : `used ${lastUse.time} from ${lastUse.address} (${lastUse.protocol})`,
      ]),
    ),
  );
}

export async function appPasswordRemove(input: CommandInput): Promise<void> {
  const [account = '', name = ''] = input.args;
  await withAdministration(input, (each) => each.edit({ do: 'app-password-remove', account, name }));
}

function readProtocols(text: string | undefined): LoginProtocol[] | undefined {
  return text?.split(',').map((word) => {
    const known = loginProtocols.find((protocol) => protocol === word.trim());
    if (known === undefined) throw new UsageError(`"${word}" is none of ${loginProtocols.join(', ')}`);
    return known;
  });
}

/** `2030-12-31`: the end of that day; `90d`: in so many days. ISO 8601. @throws UsageError */
export function readExpiry(text: string | undefined, now: Date): string | undefined {
  if (text === undefined) return undefined;
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1];
  const end = days === undefined ? endOfDay(text) : now.getTime() + Number(days) * 86_400_000;
  if (Number.isNaN(end)) throw new UsageError(`"${text}" is neither a day such as 2030-12-31 nor days such as 90d`);
  return new Date(end).toISOString().replace(/\.\d+/, '');
}

/** Milliseconds since 1970; NaN when there is no such day. */
function endOfDay(text: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(text);
  return isDay ? start + 86_400_000 - 1000 : Number.NaN;
}
