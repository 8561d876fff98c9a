/** A pattern of LIST: `*` stands for anything, `%` for anything within a level. RFC 9051 section 6.3.9. */
export type ListPattern = (name: string) => boolean;

/** Reference and pattern together; `inbox` as the first level, in any case, also means INBOX. */
export function listPattern(reference: string, pattern: string): ListPattern {
  const collapsed = `${reference}${pattern}`.replaceAll(/[*%]*\*[*%]*/g, '*').replaceAll(/%+/g, '%');
  const canonical = /^inbox(?=[/*%]|$)/i.test(collapsed) ? `INBOX${collapsed.slice(5)}` : undefined;
  const upper = collapsed.toUpperCase();
  return (name) =>
    matches(collapsed, name) ||
    (canonical !== undefined && matches(canonical, name)) ||
    (name === 'INBOX' && matches(upper, name));
}

/**
 * All pattern positions that the name so far can be at, followed character by character: pattern length times name
 * length at worst, whatever the wildcards.
 */
function matches(pattern: string, name: string): boolean {
  let states = skipWildcards(pattern, [0]);
  for (const char of name) {
    const next: number[] = [];
    for (const at of states) {
      const wanted = pattern.slice(at, at + char.length);
      if (pattern[at] === '*' || (pattern[at] === '%' && char !== '/')) push(next, at);
      else if (wanted === char) push(next, at + char.length);
    }
    if (next.length === 0) return false;
    states = skipWildcards(pattern, next);
  }
  return states.includes(pattern.length);
}

/** Adds the positions behind wildcards, which may stand for nothing. Ascending in, ascending out. */
function skipWildcards(pattern: string, states: readonly number[]): number[] {
  const all: number[] = [];
  for (const state of states) {
    push(all, state);
    for (let at = state; pattern[at] === '*' || pattern[at] === '%'; at++) push(all, at + 1);
  }
  return all;
}

function push(ascending: number[], value: number): void {
  if ((ascending.at(-1) ?? -1) < value) ascending.push(value);
}
