import { dkimAlgorithms } from '../../../directory/dkim/make-dkim-key.ts';
import type { DkimAlgorithm } from '../../../directory/dkim/make-dkim-key.ts';
import type { DkimKeyFacts } from '../../../directory/facts.ts';
import type { Administration } from '../../administration.ts';
import { printTxtRecord } from '../../print-txt-record.ts';
import { tellDkimKey } from '../../tell-dkim-key.ts';
import type { DkimKeyTold } from '../../tell-dkim-key.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { withAdministration } from '../with-administration.ts';

export async function dkimAdd(input: CommandInput): Promise<void> {
  const algorithm = input.text('algorithm');
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    throw new UsageError(`--algorithm: one of ${dkimAlgorithms.join(', ')} is expected`);
  }
  const selector = input.text('selector');
  const [domain = ''] = input.args;
  const keys = await withAdministration(input, async (each) => {
    const before = new Set((await keysOf(each, domain)).map((key) => key.selector));
    await each.edit({
      do: 'dkim-add',
      domain,
      ...(algorithm === undefined ? {} : { algorithms: [algorithm] }),
      ...(selector === undefined ? {} : { selector }),
    });
    return (await keysOf(each, domain)).filter((key) => !before.has(key.selector));
  });
  input.print(keys, () =>
    [
      'Publish in the DNS:',
      ...keys.map(zoneLine),
      `Once name servers everywhere have it (an hour, or the TTL of what was there): posthorn config dkim rotate ${domain}`,
    ].join('\n'),
  );
}

export async function dkimRotate(input: CommandInput): Promise<void> {
  const [domain = ''] = input.args;
  const keys = await edited(input, (each) => each.edit({ do: 'dkim-rotate', domain }));
  input.print(keys, () =>
    [
      ...keys.map(describe),
      ...keys
        .filter(({ state }) => state === 'retiring')
        .map(
          ({ selector }) =>
            `Leave ${selector} in the DNS for two weeks, then: posthorn config dkim retire ${domain} ${selector}`,
        ),
    ].join('\n'),
  );
}

export async function dkimRetire(input: CommandInput): Promise<void> {
  const [domain = '', selector = ''] = input.args;
  const keys = await edited(input, (each) => each.edit({ do: 'dkim-retire', domain, selector }));
  const name = selector.toLowerCase();
  const isLeft = keys.some((key) => key.selector === name);
  input.print(keys, () =>
    isLeft
      ? `${name} signs no more. Leave its record in the DNS for two weeks, then retire it again to forget it.`
      : `${name} is forgotten; its record can go from the DNS.`,
  );
}

export async function dkimList(input: CommandInput): Promise<void> {
  const [domain = ''] = input.args;
  const keys = await withAdministration(input, (each) => keysOf(each, domain));
  input.print(keys, () => keys.flatMap((key) => [describe(key), zoneLine(key)]).join('\n'));
}

function edited(
  input: CommandInput,
  work: (administration: Administration) => Promise<void>,
): Promise<readonly DkimKeyTold[]> {
  return withAdministration(input, async (each) => {
    await work(each);
    return keysOf(each, input.args[0] ?? '');
  });
}

async function keysOf(administration: Administration, domain: string): Promise<readonly DkimKeyTold[]> {
  const facts = (await administration.query({ ask: 'dkim-keys', name: domain })) as readonly DkimKeyFacts[];
  return facts.map(tellDkimKey);
}

function isAlgorithm(text: string): text is DkimAlgorithm {
  return dkimAlgorithms.some((each) => each === text);
}

function describe({ selector, algorithm, state, since }: DkimKeyTold): string {
  return `; ${selector}  ${algorithm}  ${state} since ${since}`;
}

function zoneLine({ record }: DkimKeyTold): string {
  return printTxtRecord(record.name, record.value);
}
