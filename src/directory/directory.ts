/** The port of the directory: who is this address, may this one log in. Lookups are in memory and synchronous. */
import type { AccountId } from '../store/ids.ts';

/** An address taken apart: local part unquoted and NFC, domain as lower-case A-labels (or an address literal in brackets). */
export interface AddressParts {
  readonly localPart: string;
  readonly domain: string;
}

export interface Account {
  readonly id: AccountId;
  readonly name: string;
  /** Undefined: no limit. */
  readonly quotaBytes: number | undefined;
  /** Text for the user when login is disabled, 1 to 256 printable ASCII characters (`checkAccount`); mail still arrives. */
  readonly loginDisabled: string | undefined;
}

/** One recipient that is an account of ours. `address` is the configured address that matched, printed; for a catchall `@example.org`. */
export interface LocalRecipient {
  readonly account: Account;
  readonly address: string;
  /** Mailbox to file into. */
  readonly mailbox: string;
}

/** An alias as `receive/` needs it. Member addresses are canonical. */
export interface AliasRecipient {
  readonly address: string;
  readonly members: readonly (LocalRecipient & { readonly canonical: string })[];
  readonly postPublic: boolean;
  readonly allowMsgFrom: boolean;
}

/** spec/protocols.md section 5.3. */
export type RecipientLookup =
  | { readonly kind: 'account'; readonly recipient: LocalRecipient; readonly canonical: string }
  | { readonly kind: 'alias'; readonly alias: AliasRecipient; readonly canonical: string }
  | { readonly kind: 'unknown-address' }
  | { readonly kind: 'unknown-domain' }
  | { readonly kind: 'domain-disabled' };

export type LoginOutcome =
  | { readonly ok: true; readonly account: Account; readonly loginAddress: string }
  | { readonly ok: false; readonly reason: 'bad-credentials' }
  /** Only after right credentials. `message` is the account's `loginDisabled`: ready for a line of any protocol. */
  | { readonly ok: false; readonly reason: 'login-disabled'; readonly message: string };

/** What is kept of a password for SCRAM. RFC 5802 section 3. */
export interface ScramVerifier {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** Whom a TLS client key logs in. */
export interface TlsKey {
  readonly account: Account;
  readonly loginAddress: string;
  /** IMAP with TLS from the start greets with PREAUTH. */
  readonly imapPreauth: boolean;
}

export interface Directory {
  /** `<postmaster>` without a domain: pass domain ''. */
  lookupRecipient(address: AddressParts): RecipientLookup;
  /** The form under which two spellings of an address are equal: case and separator rules of its domain applied. */
  canonicalAddress(address: AddressParts): string;
  /** Is it a domain of ours (also disabled or reports-only)? */
  isLocalDomain(domain: string): boolean;
  /** May this account send with this address as From or MAIL FROM (own address, catchall, alias with AllowMsgFrom)? */
  maySendAs(account: Account, address: AddressParts): 'yes' | 'no' | 'domain-disabled';
  /** Takes the same time whatever is wrong. `login` and `password` as the client sent them. */
  checkPassword(login: string, password: string): Promise<LoginOutcome>;
  /**
   * Always answers: for logins that nobody has with something made up, which stays the same for a login and which no
   * password proves.
   */
  findScramVerifier(login: string, digest: 'sha1' | 'sha256'): ScramVerifier;
  /** After a proof by this verifier: is it (still) that of the login? */
  confirmScram(login: string, verifier: ScramVerifier): LoginOutcome;
  /**
   * The key of a client certificate, by its SubjectPublicKeyInfo (DER); nothing else in the certificate matters. Undefined
   * when nobody logs in with it. Ask again whenever the directory changes.
   */
  findTlsKey(publicKey: Uint8Array): TlsKey | undefined;
  /** A login with that key, as its own address ('') or as another one of the same account. */
  confirmTlsKey(publicKey: Uint8Array, authorizeAs: string): LoginOutcome;
  /** Undefined once it was removed. Ask again for each message: quota and disabled state may change. */
  findAccount(id: AccountId): Account | undefined;
  /** Hear of edits: sessions of accounts that were removed or disabled close. */
  watch(listener: () => void): () => void;
}
