/** What the directory keeps, one record a row of the store (`store/directory-object.ts`). Addresses are in printed form. */
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { isFlag, isText, listOf, objectOf, oneOf, optional, wholeNumber } from '../base/shape.ts';
import type { Shaped } from '../base/shape.ts';
import type { DirectoryObject } from '../store/directory-object.ts';
import { loginProtocols } from './directory.ts';
import { isAppPasswordSecret } from './passwords/app-password.ts';
import { dkimAlgorithms } from './dkim/make-dkim-key.ts';
import { isCredential } from './passwords/credential.ts';
import { isRoutes } from './routes/route-shape.ts';

const isDomain = objectOf({
  kind: oneOf('domain'),
  /** Lower-case A-labels. */
  name: isText,
  caseSensitive: isFlag,
  separators: listOf(isText),
  /** Exists to receive DMARC and TLS reports for a domain whose mail is elsewhere. */
  reportsOnly: isFlag,
  disabled: isFlag,
  /** For mail with From in the domain. spec/protocols.md section 6.6 */
  routes: optional(isRoutes),
});

const isAccount = objectOf({
  kind: oneOf('account'),
  name: isText,
  /** Undefined: no limit. */
  quotaBytes: optional(wholeNumber(0)),
  /** Text for the user while login is disabled. */
  loginDisabled: optional(isText),
  /** The password is for the web alone; programs need app passwords, keys or tokens. */
  mainPassword: optional(oneOf('web-only')),
  /** May administer the server: quotas of all accounts by IMAP (RFC 9208), and what other faces give to administrators. */
  administrator: optional(oneOf(true)),
  /** Capabilities of IMAP that its clients are not told of, upper case. */
  hiddenCapabilities: optional(listOf(isText)),
  /** Each recipient of its mail gets a return path of its own. spec/protocols.md section 1.8 */
  uniqueReturnPaths: optional(oneOf(true)),
  /** What it sends is filed in its mailbox for that, for clients that do not. */
  copySent: optional(oneOf(true)),
  /** Recipients in 24 hours, and new ones among them; undefined: as the server has it. spec/protocols.md section 6.10 */
  recipientsPerDay: optional(wholeNumber(0)),
  newRecipientsPerDay: optional(wholeNumber(0)),
  /** For what it sends; they come before those of the domain. */
  routes: optional(isRoutes),
  /** ISO 8601. */
  created: isText,
});

/** Apart from the account, so that listing and exporting accounts never touches it. */
const isCredentialRecord = objectOf({
  kind: oneOf('credential'),
  account: isText,
  credential: isCredential,
});

/** A password for one program, made by us; it can be taken back alone. */
const isAppPassword = objectOf({
  kind: oneOf('app-password'),
  /** Follows from the secret, so that another one under the same name is another one. */
  id: isText,
  account: isText,
  /** Unique within the account. */
  name: isText,
  protocols: listOf(oneOf(...loginProtocols)),
  created: isText,
  /** ISO 8601; undefined: never. */
  expires: optional(isText),
  secret: isAppPasswordSecret,
});

const isAddress = objectOf({
  kind: oneOf('address'),
  /** As configured, or `@example.org`, the catchall. */
  address: isText,
  account: isText,
  /** Where its mail is filed. */
  mailbox: isText,
});

const isAlias = objectOf({
  kind: oneOf('alias'),
  address: isText,
  /** Each is the `address` of an address record. */
  members: listOf(isText),
  /** Others than members may write to it. */
  postPublic: isFlag,
  /** Members may see who else is one. */
  listMembers: isFlag,
  /** Members may write with it as From. */
  allowMsgFrom: isFlag,
});

const isTlsPublicKey = objectOf({
  kind: oneOf('tls-public-key'),
  /** base64url without padding of the SHA-256 of the DER SubjectPublicKeyInfo. */
  fingerprint: isText,
  name: isText,
  account: isText,
  /** Printed address that the key logs in as. */
  loginAddress: isText,
  /** `rsa-2048`, `ecdsa-p256`, `ed25519`, … */
  type: isText,
  imapPreauth: isFlag,
  created: isText,
  /** base64 of the DER certificate as it was given. */
  certificate: isText,
});

/** Apart from the domain, so that listing and exporting domains never touches it. RFC 6376 section 3.1. */
const isDkimKey = objectOf({
  kind: oneOf('dkim-key'),
  domain: isText,
  selector: isText,
  algorithm: oneOf(...dkimAlgorithms),
  /** base64 of PKCS#8 in DER. */
  privateKey: isText,
  /** `next`: to be published, signs nothing yet. `retiring`: signs no more, but mail that it signed is under way. */
  state: oneOf('next', 'active', 'retiring'),
  /** When it came into that state, ISO 8601. */
  since: isText,
});

const isSettings = objectOf({
  kind: oneOf('settings'),
  /** Account that gets mail for the bare `postmaster` and for `postmaster` in domains without one (RFC 5321 section 4.5.1). */
  postmaster: optional(isText),
  /** base64, random: what is made up for unknown logins comes out of it. Never told to anybody. */
  loginSecret: optional(isText),
});

export type DomainRecord = Shaped<typeof isDomain>;
export type AccountRecord = Shaped<typeof isAccount>;
export type CredentialRecord = Shaped<typeof isCredentialRecord>;
export type AppPasswordRecord = Shaped<typeof isAppPassword>;
export type AddressRecord = Shaped<typeof isAddress>;
export type AliasRecord = Shaped<typeof isAlias>;
export type TlsPublicKeyRecord = Shaped<typeof isTlsPublicKey>;
export type DkimKeyRecord = Shaped<typeof isDkimKey>;
export type SettingsRecord = Shaped<typeof isSettings>;

const shapes = {
  domain: isDomain,
  account: isAccount,
  credential: isCredentialRecord,
  'app-password': isAppPassword,
  address: isAddress,
  alias: isAlias,
  'tls-public-key': isTlsPublicKey,
  'dkim-key': isDkimKey,
  settings: isSettings,
} as const;

export type RecordKind = keyof typeof shapes;
export type DirectoryRecord = Shaped<(typeof shapes)[RecordKind]>;

const isOfSomeKind = objectOf({ kind: oneOf(...(Object.keys(shapes) as RecordKind[])) });

/** What names a record. */
export interface RecordKey {
  readonly kind: RecordKind;
  readonly id: string;
}

/** The id under which the store keeps a record; unique within its kind. */
export function recordKey(record: DirectoryRecord): RecordKey {
  switch (record.kind) {
    case 'domain':
    case 'account':
      return { kind: record.kind, id: record.name };
    case 'credential':
      return { kind: record.kind, id: record.account };
    case 'address':
    case 'alias':
      return { kind: record.kind, id: record.address };
    case 'app-password':
      return { kind: record.kind, id: record.id };
    case 'tls-public-key':
      return { kind: record.kind, id: record.fingerprint };
    case 'dkim-key':
      return { kind: record.kind, id: `${record.domain}/${record.selector}` };
    case 'settings':
      return { kind: record.kind, id: 'settings' };
  }
}

/** A record as a row of the store. */
export function printRecord(record: DirectoryRecord): DirectoryObject {
  return { ...recordKey(record), body: JSON.stringify(record) };
}

/** A row of the store as a record; fails with a text when another version or a hand wrote something else there. */
export function readRecord(row: DirectoryObject): Result<DirectoryRecord, string> {
  let body: unknown;
  try {
    body = JSON.parse(row.body);
  } catch {
    return fail(`the ${row.kind} "${row.id}" is not JSON`);
  }
  if (!isRecord(body)) return fail(`the ${row.kind} "${row.id}" is not as this version writes it`);
  const key = recordKey(body);
  return key.kind === row.kind && key.id === row.id
    ? ok(body)
    : fail(`the ${row.kind} "${row.id}" is kept under a wrong name`);
}

function isRecord(body: unknown): body is DirectoryRecord {
  return isOfSomeKind(body) && shapes[body.kind](body);
}
