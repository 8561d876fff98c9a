import type { Result } from '../../base/result.ts';
import type { Section } from '../../mime/find-section.ts';
import { parseInternetDate } from '../../mime/internet-date.ts';
import { MalformedInput } from './malformed-input.ts';
import { attempt, read } from './read.ts';
import { expectSection } from './read-fetch.ts';
import { decodeUtf8 } from './utf8-octets.ts';

/** A message on an IMAP server, or a part of one. RFC 5092. */
export interface ImapUrl {
  /** Undefined in `/mailbox/;UID=1`, which is relative to the server that it is said to. */
  readonly server: UrlServer | undefined;
  readonly mailbox: string;
  readonly uidValidity: number | undefined;
  readonly uid: number;
  readonly section: Section;
  /** `count` Infinity: to the end. */
  readonly partial: { readonly offset: number; readonly count: number } | undefined;
  readonly authorization: UrlAuthorization | undefined;
}

export interface UrlServer {
  readonly user: string | undefined;
  /** Lower case, as the URL has it. */
  readonly host: string;
  readonly port: number | undefined;
}

/** Who may use a URL. RFC 4467 section 3. */
export type UrlAccess =
  | { readonly kind: 'submit' | 'user'; readonly user: string }
  | { readonly kind: 'authuser' | 'anonymous' };

/** `;EXPIRE=…;URLAUTH=…`. RFC 4467 section 3. */
export interface UrlAuthorization {
  readonly expiresAtMs: number | undefined;
  readonly access: UrlAccess;
  /** Without them the URL is a rump: what is to be authorized, and what a token stands for. */
  readonly verifier: { readonly mechanism: string; readonly token: string } | undefined;
  /** The URL up to the access identifier, exactly as written. RFC 4467 section 6. */
  readonly rump: string;
}

/** Longer ones are refused. */
export const maxUrlChars = 4096;

/** unreserved / sub-delims-sh / pct-encoded. RFC 5092 section 11. */
const uchar = String.raw`[A-Za-z0-9\-._~!$'()*+,]|%[0-9A-Fa-f]{2}`;
const achars = new RegExp(`(?:${uchar}|[&=])+`, 'y');
const bchars = new RegExp(`(?:${uchar}|[&=:@/])+`, 'y');
const host = /\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~]+/y;
const digits = /[0-9]{1,19}/y;
const mechanism = /[A-Za-z0-9\-.]+/y;
const hexDigits = /[0-9A-Fa-f]{32,1024}/y;
const dateTime = /[0-9TZtz:.+-]+/y;

/**
 * Reads a URL of a message or a part of one: absolute, or relative with a `/` at the front. Relative paths are not read, since
 * they must not be accepted (RFC 5092 section 7.2); neither are URLs of servers, mailboxes and searches. RFC 5092 section 11.
 */
export function parseImapUrl(text: string): Result<ImapUrl> {
  return attempt(() => {
    if (text.length > maxUrlChars) throw new MalformedInput('shorter URL', maxUrlChars);
    return new UrlReader(text).url();
  });
}

class UrlReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  url(): ImapUrl {
    const server = this.take('imap://') ? this.server() : undefined;
    this.expect('/');
    // RFC 5092 section 7: two of them would begin a network path.
    if (this.text[this.at] === '/') this.fail('mailbox');
    const path = this.mailbox();
    const section = this.take('/;SECTION=') ? this.section() : { path: [] };
    const partial = this.take('/;PARTIAL=') ? this.partial() : undefined;
    const authorization = this.authorization();
    if (this.at < this.text.length) this.fail('end of URL');
    return { server, ...path, section, partial, authorization };
  }

  /** iserver = [iuserinfo "@"] host [":" port]; iauth is read and not needed. */
  private server(): UrlServer {
    const start = this.at;
    let user: string | undefined;
    if (this.text.slice(start, this.endOfAuthority(start)).includes('@')) {
      user = this.run(achars);
      if (this.take(';AUTH=') && !this.take('*')) this.expectRun(achars, 'mechanism');
      this.expect('@');
    }
    const name = this.expectRun(host, 'host').toLowerCase();
    const port = this.take(':') ? this.number(0) : undefined;
    return { user: user === undefined ? undefined : this.decode(user), host: name, port };
  }

  private endOfAuthority(start: number): number {
    const end = this.text.indexOf('/', start);
    return end < 0 ? this.text.length : end;
  }

  /** imailbox-ref "/" iuid-only. */
  private mailbox(): { mailbox: string; uidValidity: number | undefined; uid: number } {
    let encoded = this.expectRun(bchars, 'mailbox');
    const uidValidity = this.take(';UIDVALIDITY=') ? this.number(1) : undefined;
    // The slash before `;UID=` is a character that mailboxes have too.
    if (uidValidity !== undefined) this.expect('/');
    else if (encoded.endsWith('/')) encoded = encoded.slice(0, -1);
    else this.fail('/;UID=');
    this.expect(';UID=');
    if (encoded === '') this.fail('mailbox');
    const name = this.decode(encoded);
    return { mailbox: /^inbox(?=\/|$)/i.test(name) ? `INBOX${name.slice(5)}` : name, uidValidity, uid: this.number(1) };
  }

  private section(): Section {
    const start = this.at;
    let encoded = this.expectRun(bchars, 'section');
    if (encoded.endsWith('/')) {
      encoded = encoded.slice(0, -1);
      this.at--;
    }
    const parsed = read(`[${percentDecode(encoded)}]`, expectSection);
    return parsed.ok ? parsed.value : this.fail('section', start);
  }

  /** number ["." nz-number]. */
  private partial(): { offset: number; count: number } {
    const offset = this.number(0);
    return { offset, count: this.take('.') ? this.number(1) : Infinity };
  }

  /** [expire] ";URLAUTH=" access [":" uauth-mechanism ":" enc-urlauth]. */
  private authorization(): UrlAuthorization | undefined {
    let expiresAtMs: number | undefined;
    if (this.take(';EXPIRE=')) {
      const start = this.at;
      expiresAtMs = parseInternetDate(this.expectRun(dateTime, 'date and time')) ?? this.fail('date and time', start);
    }
    if (!this.take(';URLAUTH=')) return expiresAtMs === undefined ? undefined : this.fail(';URLAUTH=');
    const access = this.access();
    const rump = this.text.slice(0, this.at);
    if (!this.take(':')) return { expiresAtMs, access, verifier: undefined, rump };
    const name = this.expectRun(mechanism, 'mechanism').toUpperCase();
    this.expect(':');
    const token = this.expectRun(hexDigits, 'token').toLowerCase();
    return { expiresAtMs, access, verifier: { mechanism: name, token }, rump };
  }

  private access(): UrlAccess {
    for (const kind of ['submit', 'user'] as const) {
      if (this.take(`${kind}+`)) return { kind, user: this.decode(this.expectRun(achars, 'user')) };
    }
    for (const kind of ['authuser', 'anonymous'] as const) if (this.take(kind)) return { kind };
    return this.fail('access identifier');
  }

  private number(least: number): number {
    const start = this.at;
    const value = Number(this.expectRun(digits, 'number'));
    if (value < least) this.fail('larger number', start);
    return value;
  }

  /** Percent-encoded UTF-8, as text. */
  private decode(encoded: string): string {
    return decodeUtf8(percentDecode(encoded)) ?? this.fail('UTF-8');
  }

  /** In any case. RFC 5092 section 11. */
  private take(what: string): boolean {
    if (this.text.slice(this.at, this.at + what.length).toLowerCase() !== what.toLowerCase()) return false;
    this.at += what.length;
    return true;
  }

  private expect(what: string): void {
    if (!this.take(what)) this.fail(what);
  }

  private run(allowed: RegExp): string | undefined {
    allowed.lastIndex = this.at;
    const found = allowed.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private expectRun(allowed: RegExp, what: string): string {
    return this.run(allowed) ?? this.fail(what);
  }

  private fail(expected: string, at: number = this.at): never {
    throw new MalformedInput(expected, at);
  }
}

/** Octets, one character each. */
function percentDecode(encoded: string): string {
  return encoded.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
