/** A parsed IMAP response value: list, string, number or NIL. */
export type ImapValue = string | number | null | ImapValue[];

/** Reads one parenthesised IMAP value (Latin-1), as an IMAP client would; throws on anything a client could not read. */
export function readImapValue(text: string): ImapValue {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`expected ${what} at ${at}: ${text.slice(at, at + 40)}`);
  };
  const readQuoted = (): string => {
    let out = '';
    for (at++; text[at] !== '"'; at++) {
      if (at >= text.length || text[at] === '\r' || text[at] === '\n' || text[at] === '\0') fail('quoted string');
      if (text[at] === '\\') at++;
      out += text[at];
    }
    at++;
    return out;
  };
  const readList = (): ImapValue[] => {
    const list: ImapValue[] = [];
    at++;
    while (text[at] !== ')') {
      if (list.length > 0 && text[at] === ' ') at++;
      else if (list.length > 0 && !(text[at] === '(' && Array.isArray(list.at(-1)))) fail('blank');
      list.push(read());
    }
    at++;
    return list;
  };
  const read = (): ImapValue => {
    if (text[at] === '(') return readList();
    if (text[at] === '"') return readQuoted();
    const rest = text.slice(at, at + 20);
    const literal = /^\{(\d+)\}\r\n/.exec(rest);
    if (literal !== null) {
      const start = at + literal[0].length;
      at = start + Number(literal[1]);
      return text.slice(start, at);
    }
    if (rest.startsWith('NIL')) {
      at += 3;
      return null;
    }
    const digits = /^\d+/.exec(rest) ?? fail('value');
    at += digits[0].length;
    return Number(digits[0]);
  };
  const value = read();
  if (at !== text.length) fail('end');
  return value;
}
