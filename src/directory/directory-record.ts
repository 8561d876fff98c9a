/** What the directory keeps, one record a row of the store (`store/directory-object.ts`). Addresses are in printed form. */
import { z } from 'zod';

import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { DirectoryObject } from '../store/directory-object.ts';
import { loginProtocols } from './directory.ts';
import { appPasswordSecretSchema } from './passwords/app-password.ts';
import { dkimAlgorithms } from './dkim/make-dkim-key.ts';
import { credentialSchema } from './passwords/credential.ts';

const domainSchema = z.object({
  kind: z.literal('domain'),
  /** Lower-case A-labels. */
  name: z.string(),
  caseSensitive: z.boolean(),
  separators: z.array(z.string()).readonly(),
  /** Exists to receive DMARC and TLS reports for a domain whose mail is elsewhere. */
  reportsOnly: z.boolean(),
  disabled: z.boolean(),
});

const accountSchema = z.object({
  kind: z.literal('account'),
  name: z.string(),
  /** Undefined: no limit. */
  quotaBytes: z.number().int().nonnegative().optional(),
  /** Text for the user while login is disabled. */
  loginDisabled: z.string().optional(),
  /** The password is for the web alone; programs need app passwords, keys or tokens. */
  mainPassword: z.literal('web-only').optional(),
  /** May administer the server: quotas of all accounts by IMAP (RFC 9208), and what other faces give to administrators. */
  administrator: z.literal(true).optional(),
  /** Capabilities of IMAP that its clients are not told of, upper case. */
  hiddenCapabilities: z.array(z.string()).readonly().optional(),
  /** Each recipient of its mail gets a return path of its own. spec/protocols.md section 1.8 */
  uniqueReturnPaths: z.literal(true).optional(),
  /** What it sends is filed in its mailbox for that, for clients that do not. */
  copySent: z.literal(true).optional(),
  /** Recipients in 24 hours, and new ones among them; undefined: as the server has it. spec/protocols.md section 6.10 */
  recipientsPerDay: z.number().int().nonnegative().optional(),
  newRecipientsPerDay: z.number().int().nonnegative().optional(),
  /** ISO 8601. */
  created: z.string(),
});

/** Apart from the account, so that listing and exporting accounts never touches it. */
const credentialRecordSchema = z.object({
  kind: z.literal('credential'),
  account: z.string(),
  credential: credentialSchema,
});

/** A password for one program, made by us; it can be taken back alone. */
const appPasswordSchema = z.object({
  kind: z.literal('app-password'),
  /** Follows from the secret, so that another one under the same name is another one. */
  id: z.string(),
  account: z.string(),
  /** Unique within the account. */
  name: z.string(),
  protocols: z.array(z.enum(loginProtocols)).readonly(),
  created: z.string(),
  /** ISO 8601; undefined: never. */
  expires: z.string().optional(),
  secret: appPasswordSecretSchema,
});

const addressSchema = z.object({
  kind: z.literal('address'),
  /** As configured, or `@example.org`, the catchall. */
  address: z.string(),
  account: z.string(),
  /** Where its mail is filed. */
  mailbox: z.string(),
});

const aliasSchema = z.object({
  kind: z.literal('alias'),
  address: z.string(),
  /** Each is the `address` of an address record. */
  members: z.array(z.string()).readonly(),
  /** Others than members may write to it. */
  postPublic: z.boolean(),
  /** Members may see who else is one. */
  listMembers: z.boolean(),
  /** Members may write with it as From. */
  allowMsgFrom: z.boolean(),
});

const tlsPublicKeySchema = z.object({
  kind: z.literal('tls-public-key'),
  /** base64url without padding of the SHA-256 of the DER SubjectPublicKeyInfo. */
  fingerprint: z.string(),
  name: z.string(),
  account: z.string(),
  /** Printed address that the key logs in as. */
  loginAddress: z.string(),
  /** `rsa-2048`, `ecdsa-p256`, `ed25519`, … */
  type: z.string(),
  imapPreauth: z.boolean(),
  created: z.string(),
  /** base64 of the DER certificate as it was given. */
  certificate: z.string(),
});

/** Apart from the domain, so that listing and exporting domains never touches it. RFC 6376 section 3.1. */
const dkimKeySchema = z.object({
  kind: z.literal('dkim-key'),
  domain: z.string(),
  selector: z.string(),
  algorithm: z.enum(dkimAlgorithms),
  /** base64 of PKCS#8 in DER. */
  privateKey: z.string(),
  /** `next`: to be published, signs nothing yet. `retiring`: signs no more, but mail that it signed is under way. */
  state: z.enum(['next', 'active', 'retiring']),
  /** When it came into that state, ISO 8601. */
  since: z.string(),
});

const settingsSchema = z.object({
  kind: z.literal('settings'),
  /** Account that gets mail for the bare `postmaster` and for `postmaster` in domains without one (RFC 5321 section 4.5.1). */
  postmaster: z.string().optional(),
  /** base64, random: what is made up for unknown logins comes out of it. Never told to anybody. */
  loginSecret: z.string().optional(),
});

export type DomainRecord = Readonly<z.infer<typeof domainSchema>>;
export type AccountRecord = Readonly<z.infer<typeof accountSchema>>;
export type CredentialRecord = Readonly<z.infer<typeof credentialRecordSchema>>;
export type AppPasswordRecord = Readonly<z.infer<typeof appPasswordSchema>>;
export type AddressRecord = Readonly<z.infer<typeof addressSchema>>;
export type AliasRecord = Readonly<z.infer<typeof aliasSchema>>;
export type TlsPublicKeyRecord = Readonly<z.infer<typeof tlsPublicKeySchema>>;
export type DkimKeyRecord = Readonly<z.infer<typeof dkimKeySchema>>;
export type SettingsRecord = Readonly<z.infer<typeof settingsSchema>>;

const recordSchema = z.discriminatedUnion('kind', [
  domainSchema,
  accountSchema,
  credentialRecordSchema,
  appPasswordSchema,
  addressSchema,
  aliasSchema,
  tlsPublicKeySchema,
  dkimKeySchema,
  settingsSchema,
]);

export type DirectoryRecord = Readonly<z.infer<typeof recordSchema>>;
export type RecordKind = DirectoryRecord['kind'];

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
  const parsed = recordSchema.safeParse(body);
  if (!parsed.success) return fail(`the ${row.kind} "${row.id}" is not as this version writes it`);
  const key = recordKey(parsed.data);
  return key.kind === row.kind && key.id === row.id
    ? ok(parsed.data)
    : fail(`the ${row.kind} "${row.id}" is kept under a wrong name`);
}
