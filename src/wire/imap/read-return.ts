import type { FetchItem } from './fetch-item.ts';
import type { ImapReader } from './imap-reader.ts';
import { expectPartialRange, type PartialRange } from './partial-range.ts';
import { expectItem } from './read-fetch.ts';
import type { ReturnOptions, SearchReturn } from './search-key.ts';

const returnOptions: readonly SearchReturn[] = [
  ...(['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE', 'PARTIAL', 'RELEVANCY', 'CONTEXT', 'UPDATE'] as const),
];

/** ["RETURN" SP "(" [option *(SP option)] ")" SP]. RFC 9051 sections 6.4.4 and 9, search-return-opts. */
export function takeReturn(r: ImapReader): ReturnOptions {
  if (!r.takeWord('RETURN')) return { returns: undefined };
  r.expectSpace();
  const at = r.at;
  let partial: PartialRange | undefined;
  const updateItems: FetchItem[] = [];
  const returns = r.expectList(() => {
    const option = expectReturn(r);
    // RFC 5465 section 7.
    if (option === 'UPDATE' && r.text.startsWith(' (', r.at)) {
      r.expectSpace();
      updateItems.push(...r.expectList(() => expectItem(r), false));
    }
    if (option !== 'PARTIAL') return option;
    if (partial !== undefined) r.fail('one PARTIAL');
    r.expectSpace();
    partial = expectPartialRange(r);
    return option;
  }, true);
  // RFC 9394 section 3.1: either of them, not both.
  if (partial !== undefined && returns.includes('ALL')) r.fail('PARTIAL or ALL', at);
  r.expectSpace();
  const update = updateItems.length === 0 ? {} : { updateItems };
  return partial === undefined ? { returns, ...update } : { returns, partial, ...update };
}

function expectReturn(r: ImapReader): SearchReturn {
  const at = r.at;
  const name = r.expectKeyword();
  return returnOptions.find((option) => option === name) ?? r.fail('search return option', at);
}

const inParentheses = String.raw`\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)`;
const returnPart = new RegExp(`^ RETURN ${inParentheses}`, 'i');
/** Longer ones are looked at by the parser alone. */
const maxReturnChars = 1000;

/**
 * What a command says after RETURN, as it is written, with its length; before it is known whether the rest can be read. Lists
 * within it are left out.
 */
export function peekReturn(text: string, at: number): { readonly options: string; readonly length: number } {
  const found = returnPart.exec(text.slice(at, at + maxReturnChars));
  return { options: (found?.[1] ?? '').replaceAll(/\(.*\)/gs, ''), length: found?.[0].length ?? 0 };
}
