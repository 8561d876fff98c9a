/** One response of the server as Latin-1, with its literals in place. */
export type Response = string;

/** Cuts what a server said into responses: lines, but a literal belongs to the line that announces it. */
export function splitResponses(said: string): Response[] {
  const responses: string[] = [];
  let start = 0;
  for (let at = 0; at < said.length;) {
    const end = said.indexOf('\r\n', at);
    if (end < 0) throw new Error(`half a line: ${said.slice(start, start + 80)}`);
    const literal = /\{(\d+)\}$/.exec(said.slice(Math.max(at, end - 20), end));
    at = end + 2;
    if (literal !== null) at += Number(literal[1]);
    else {
      responses.push(said.slice(start, end));
      start = at;
    }
  }
  return responses;
}

/** `1:3,7` as numbers. */
export function expandSet(set: string): number[] {
  if (set === '') return [];
  return set.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split(':').map(Number);
    const [low, high] = first <= last ? [first, last] : [last, first];
    return Array.from({ length: high - low + 1 }, (_each, i) => low + i);
  });
}

/** Numbers as a set; ranges where they touch. */
export function printSet(numbers: Iterable<number>): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}:${last}`)).join(',');
}

/** The data of one FETCH response, as far as clients of the test look at it. */
export interface FetchData {
  readonly uid: number | undefined;
  readonly flags: readonly string[] | undefined;
  readonly modseq: number | undefined;
  /** The token of the message, out of header or body. */
  readonly token: string | undefined;
}

/** The message that a FETCH or UIDFETCH response is about; undefined: it is another, or does not say. */
export function fetchedUid(response: Response): number | undefined {
  const only = /^\* (\d+) UIDFETCH \(/.exec(response)?.[1];
  if (only !== undefined) return Number(only);
  return /^\* \d+ FETCH \(/.test(response) ? parseFetch(response).uid : undefined;
}

export function parseFetch(data: string): FetchData {
  const uid = /\bUID (\d+)/.exec(data)?.[1];
  const flags = /FLAGS \(([^)]*)\)/.exec(data)?.[1];
  const modseq = /MODSEQ \((\d+)\)/.exec(data)?.[1];
  return {
    uid: uid === undefined ? undefined : Number(uid),
    flags: flags?.split(' ').filter(Boolean),
    modseq: modseq === undefined ? undefined : Number(modseq),
    token: /token\w+/.exec(data)?.[0],
  };
}
