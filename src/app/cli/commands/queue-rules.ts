import { toAsciiDomain } from '../../../base/domain-name.ts';
import type { Suppression } from '../../../store/queue/outgoing-row.ts';
import type { QueueRequest, QueueRules } from '../../control/queue-request.ts';
import { Refusal } from '../../refusal.ts';
import { UsageError } from '../command.ts';
import type { CommandInput } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';
import { numberOf } from './queue.ts';

function ask(input: CommandInput, request: QueueRequest): Promise<unknown> {
  return withAdministration(input, (each) => each.queue(request));
}

/** @throws Refusal when nothing was there to change */
async function change(input: CommandInput, request: QueueRequest, otherwise: string): Promise<void> {
  if ((await ask(input, request)) === 0) throw new Refusal(otherwise);
}

/** As the queue names destinations. @throws UsageError */
function domainOf(text: string): string {
  if (/^\[[^\s\]]+\]$/.test(text)) return text.toLowerCase();
  const domain = toAsciiDomain(text);
  if (!domain.ok) throw new UsageError(`"${text}" is no domain`);
  return domain.value;
}

export async function queuePause(input: CommandInput): Promise<void> {
  const domain = domainOf(input.args[0] ?? '');
  await ask(input, { do: 'pause', domain, reason: input.text('reason') ?? '' });
}

export async function queueResume(input: CommandInput): Promise<void> {
  const domain = domainOf(input.args[0] ?? '');
  await change(input, { do: 'resume', domain }, `${domain} is not paused`);
}

export async function queueRules(input: CommandInput): Promise<void> {
  const rules = (await ask(input, { do: 'rules' })) as QueueRules;
  input.print(rules, () => {
    const paused = rules.paused.map(({ domain, reason, since }) => ['paused', domain, `since ${since}  ${reason}`]);
    const held = rules.holdRules.map(({ id, account, from, to }) => [
      'hold',
      String(id),
      [account && `account ${account}`, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(', ') ||
        'all mail',
    ]);
    return paused.length + held.length === 0 ? 'no rules' : alignColumns([...paused, ...held]);
  });
}

export async function holdRuleAdd(input: CommandInput): Promise<void> {
  const account = input.text('account');
  const from = input.text('from');
  const to = input.text('to');
  const held = await ask(input, {
    do: 'add-hold-rule',
    ...(account === undefined ? {} : { account }),
    ...(from === undefined ? {} : { from: domainOf(from) }),
    ...(to === undefined ? {} : { to: domainOf(to) }),
  });
  input.io.out(`${Number(held)} entries of the queue are held by it\n`);
}

export async function holdRuleRemove(input: CommandInput): Promise<void> {
  const id = numberOf(input.args[0] ?? '', 'number of a rule');
  await change(input, { do: 'remove-hold-rule', id }, `there is no rule ${id}; see "posthorn queue rules"`);
}

export async function suppressAdd(input: CommandInput): Promise<void> {
  const [account = '', address = ''] = input.args;
  if (!/^\S+@\S+$/.test(address)) throw new UsageError(`"${address}" is no address`);
  const days = input.text('days');
  const reason = input.text('reason') ?? 'by hand';
  await ask(input, {
    do: 'suppress',
    ...{ account, address, reason },
    days: days === undefined ? undefined : numberOf(days, 'number of days'),
  });
}

export async function suppressRemove(input: CommandInput): Promise<void> {
  const [account = '', address = ''] = input.args;
  await change(input, { do: 'unsuppress', account, address }, `${address} is not suppressed for ${account}`);
}

export async function suppressList(input: CommandInput): Promise<void> {
  const asked = { do: 'suppressions', account: input.args[0] ?? '' } as const;
  const list = (await ask(input, asked)) as readonly Suppression[];
  const iso = (atMs: number): string => new Date(atMs).toISOString();
  const facts = list.map(({ address, reason, createdAtMs, expiresAtMs }) => ({
    address,
    reason,
    since: iso(createdAtMs),
    until: expiresAtMs === undefined ? undefined : iso(expiresAtMs),
  }));
  input.print(facts, () =>
    facts.length === 0
      ? 'none'
      : alignColumns(facts.map(({ address, reason, until }) => [address, until ?? 'for ever', reason])),
  );
}
