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

/** urlfetch = "URLFETCH" 1*(SP url-full). RFC 4467 section 9. */
export function expectUrlFetch(r: ImapReader): readonly string[] {
  return expectSome(r, () => r.expectAstring());
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
