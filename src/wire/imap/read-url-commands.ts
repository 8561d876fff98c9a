import type { ImapReader } from './imap-reader.ts';

/** URLs in one command. */
const maxUrls = 100;

/** genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism). RFC 4467 section 9. */
export function expectGenUrlAuth(r: ImapReader): readonly { readonly url: string; readonly mechanism: string }[] {
  return expectSome(r, () => {
    const url = r.expectAstring();
    r.expectSpace();
    return { url, mechanism: r.expectKeyword() };
  });
}

/** What URLFETCH gives of a URL. RFC 5524 section 3.1. */
export type UrlItem = 'BODY' | 'BINARY' | 'BODYPARTSTRUCTURE';

const urlItems: readonly UrlItem[] = ['BODY', 'BINARY', 'BODYPARTSTRUCTURE'];

/** One URL of URLFETCH; without items the answer has the octets alone. */
export interface AskedUrl {
  readonly url: string;
  readonly items: ReadonlySet<UrlItem>;
}

/** urlfetch = "URLFETCH" 1*(SP url-fetch-arg). RFC 4467 section 9, RFC 5524 section 5. */
export function expectUrlFetch(r: ImapReader): readonly AskedUrl[] {
  return expectSome(r, () => {
    if (!r.takeChar('(')) return { url: r.expectAstring(), items: new Set() };
    const url = r.expectAstring();
    const items = new Set<UrlItem>();
    while (!r.takeChar(')')) {
      r.expectSpace();
      const at = r.at;
      const name = r.expectKeyword();
      const item = urlItems.find((one) => one === name) ?? r.fail('BODY, BINARY or BODYPARTSTRUCTURE', at);
      if (items.has(item)) r.fail('each item once', at);
      items.add(item);
      if (items.has('BODY') && items.has('BINARY')) r.fail('BODY or BINARY, not both', at);
    }
    return { url, items };
  });
}

/** resetkey = "RESETKEY" [SP mailbox *(SP mechanism)]. RFC 4467 section 9. */
export function expectResetKey(
  r: ImapReader,
): { readonly mailbox: string; readonly mechanisms: readonly string[] } | undefined {
  if (!r.takeSpace()) return undefined;
  const mailbox = r.expectMailbox();
  const mechanisms: string[] = [];
  while (r.takeSpace()) mechanisms.push(r.expectKeyword());
  return { mailbox, mechanisms };
}

function expectSome<T>(r: ImapReader, one: () => T): readonly T[] {
  const some: T[] = [];
  do {
    if (some.length >= maxUrls) r.fail('fewer URLs');
    r.expectSpace();
    some.push(one());
  } while (!r.atEnd());
  return some;
}
