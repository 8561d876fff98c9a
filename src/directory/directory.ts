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
  /** Capabilities of IMAP that its clients are not told of, upper case; `THREAD` also stands for `THREAD=…`. None when missing. */
  readonly hiddenCapabilities?: readonly string[];
  /** May administer the server. Ask `findAccount` again before each act: it may have been taken back. */
  readonly isAdministrator?: boolean;
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

/** What a password may be limited to. */
export const loginProtocols = ['imap', 'pop3', 'submission'] as const;
export type LoginProtocol = (typeof loginProtocols)[number];

/** What somebody proved to be an account with. A session ends when it is taken back. */
export type LoginProof =
  /** The main one; another one has another id. */
  | { readonly kind: 'password'; readonly id: string }
  /** One of the account's app passwords. */
  | { readonly kind: 'app-password'; readonly id: string }
  /** The key of a client certificate. */
  | { readonly kind: 'tls-public-key'; readonly fingerprint: string }
  /** An access token; it was good when it was shown. */
  | { readonly kind: 'token' };

export type LoginOutcome =
  | {
      readonly ok: true;
      readonly account: Account;
      readonly loginAddress: string;
      readonly proof: LoginProof;
    }
  | { readonly ok: false; readonly reason: 'bad-credentials' }
  /** Only after right credentials. `message` is the account's `loginDisabled`: ready for a line of any protocol. */
  | { readonly ok: false; readonly reason: 'login-disabled'; readonly message: string };

export interface ScramKeys {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** What is kept of a password for SCRAM. RFC 5802 section 3. */
export interface ScramVerifier extends ScramKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of the account's other passwords. All are made with one salt: there is one challenge, whichever is used. */
  readonly others?: readonly ScramKeys[];
}

/** Whom a TLS client key logs in. */
export interface TlsKey {
  readonly account: Account;
  readonly loginAddress: string;
  /** IMAP with TLS from the start greets with PREAUTH. */
  readonly imapPreauth: boolean;
}

/** What an account wants, or may, when it sends. */
export interface SendingRules {
  /** Each recipient's copy has a return path of its own. spec/protocols.md section 1.8 */
  readonly uniqueReturnPaths: boolean;
  /** What it sends is filed in its mailbox for that. */
  readonly copySent: boolean;
  /** Recipients in 24 hours, and how many of them may be new; undefined: as the server has it. */
  readonly recipientsPerDay: number | undefined;
  readonly newRecipientsPerDay: number | undefined;
}

/** A way for some of the mail; the transport by its name in the configuration. spec/protocols.md section 6.6 */
export interface NamedRoute {
  /** Domains of the header's From in A-labels, empty for all; `.example.org` is the domain itself and all below it. */
  readonly from: readonly string[];
  /** Domains of recipients, likewise. */
  readonly to: readonly string[];
  /** From so many tries on. */
  readonly minimumAttempts: number;
  readonly transport: string;
}

/** A key that signs for a domain. RFC 6376 section 3.1. */
export interface DkimSigningKey {
  readonly selector: string;
  readonly algorithm: 'rsa-2048' | 'ed25519';
  /** base64 of PKCS#8 in DER. */
  readonly privateKey: string;
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
  /** How the account's mail is sent. */
  sendingRulesOf(account: Account): SendingRules;
  /** Routes of what the account sends; the same list until it changes. */
  routesOfAccount(id: AccountId): readonly NamedRoute[];
  /** Routes of mail with From in the domain (A-labels), likewise. */
  routesOfDomain(domain: string): readonly NamedRoute[];
  /**
   * The address with a tag behind the first separator of its domain, in place of one that it had; undefined when the domain
   * has no separator.
   */
  tagAddress(
    address: AddressParts,
    tag: string,
  ): { readonly address: AddressParts; readonly hadTag: boolean } | undefined;
  /** The keys that sign for a domain (A-labels) now; the same objects until they change. */
  dkimKeysOf(domain: string): readonly DkimSigningKey[];
  /**
   * Takes the same time whatever is wrong. `login` and `password` as the client sent them. `isKnown`: the login succeeded from
   * there lately, so it does not wait behind the guesses of strangers.
   */
  checkPassword(login: string, password: string, protocol: LoginProtocol, isKnown?: boolean): Promise<LoginOutcome>;
  /**
   * Always answers: for logins that nobody has with something made up, which stays the same for a login and which no
   * password proves.
   */
  findScramVerifier(login: string, digest: 'sha1' | 'sha256'): ScramVerifier;
  /** After a proof by this key: is it (still) one of the login's, for this protocol? */
  confirmScram(login: string, storedKey: Uint8Array, protocol: LoginProtocol): LoginOutcome;
  /**
   * The key of a client certificate, by its SubjectPublicKeyInfo (DER); nothing else in the certificate matters. Undefined
   * when nobody logs in with it. Ask again whenever the directory changes.
   */
  findTlsKey(publicKey: Uint8Array): TlsKey | undefined;
  /** A login with that key, as its own address ('') or as another one of the same account. */
  confirmTlsKey(publicKey: Uint8Array, authorizeAs: string): LoginOutcome;
  /** After a token for `address` was found good: a login as that address, or with `login` as another one of the same account. */
  confirmToken(address: string, login: string): LoginOutcome;
  /** Undefined once it was removed. Ask again for each message: quota and disabled state may change. */
  findAccount(id: AccountId): Account | undefined;
  findAccountByName(name: string): Account | undefined;
  /**
   * Changes how much an account may keep; undefined: any amount. Resolves when it is durable and in effect, to false when the
   * account is gone. Who may do so is for the caller to say.
   */
  setQuota(account: Account, quotaBytes: number | undefined): Promise<boolean>;
  /** May a session that began with this proof go on? Not when the account may not log in (any more) or the proof was taken back. */
  mayStay(account: Account, proof: LoginProof): boolean;
  /** Hear of edits, and of app passwords that run out: sessions that may not stay close. */
  watch(listener: () => void): () => void;
}
