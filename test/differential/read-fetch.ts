/** What FETCH told of one message: by item, such as `BODY[1]`, the value as it was sent, literals and quotes undone. */
export type Fetched = ReadonlyMap<string, string | null>;

/** All FETCH answers of what was said, by message number. Lists stay as they are written. */
export function readFetches(said: string): Map<number, Fetched> {
  const all = new Map<number, Fetched>();
  let at = 0;
  while (at < said.length) {
    const head = /^\* (\d+) FETCH \(/.exec(said.slice(at, at + 40));
    const end = endOfLine(said, at);
    if (head !== null) {
      const number = Number(head[1]);
      const items = readItems(said, at + head[0].length);
      all.set(number, new Map([...(all.get(number) ?? []), ...items]));
    }
    at = end;
  }
  return all;
}

/** Behind the line, with its literals. */
function endOfLine(said: string, from: number): number {
  for (let at = from; ;) {
    const lineEnd = said.indexOf('\r\n', at);
    if (lineEnd < 0) return said.length;
    const literal = /\{(\d+)\}$/.exec(said.slice(Math.max(from, lineEnd - 24), lineEnd));
    if (literal === null) return lineEnd + 2;
    at = lineEnd + 2 + Number(literal[1]);
  }
}

function readItems(said: string, from: number): [string, string | null][] {
  const items: [string, string | null][] = [];
  let at = from;
  while (said[at] !== ')' && at < said.length) {
    if (said[at] === ' ') {
      at++;
      continue;
    }
    const name = /^[A-Z0-9.-]+(?:\[[^\]]*\])?(?:<\d+>)? /i.exec(said.slice(at, at + 300));
    if (name === null) throw new Error(`no item: ${said.slice(at, at + 80)}`);
    at += name[0].length;
    const end = endOfValue(said, at);
    items.push([name[0].trim().toUpperCase(), plain(said.slice(at, end))]);
    at = end;
  }
  return items;
}

function endOfValue(said: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const char = said[at];
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === '"') {
      for (at++; said[at] !== '"'; at++) if (said[at] === '\\') at++;
      at++;
      continue;
    }
    const literal = char === '{' || char === '~' ? /^~?\{(\d+)\}\r\n/.exec(said.slice(at, at + 24)) : null;
    if (literal !== null) at += literal[0].length + Number(literal[1]);
    else if (char === '(' || char === ')' || char === ' ') at++;
    else at += /^[^\s()"{]+/.exec(said.slice(at, at + 100))?.[0].length ?? 1;
  } while (depth > 0 && at < said.length);
  return at;
}

function plain(value: string): string | null {
  if (value === 'NIL') return null;
  const literal = /^~?\{\d+\}\r\n/.exec(value);
  if (literal !== null) return value.slice(literal[0].length);
  if (!value.startsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/gs, '$1');
}
