/** The directory as one document: what `config export` prints and `config apply` reads. Its keys are in the style of posthorn.yaml. */
import { z } from 'zod';

import type { Shape } from '../../base/shape.ts';
import { loginProtocols } from '../directory.ts';
import { isAppPasswordSecret } from '../passwords/app-password.ts';
import { dkimAlgorithms } from '../dkim/make-dkim-key.ts';
import { isCredential } from '../passwords/credential.ts';
import { routeEntry } from '../routes/route-input.ts';
import { maxRoutes } from '../routes/route-shape.ts';

/** What we wrote ourselves, in its own form. */
function shaped<T>(shape: Shape<T>) {
  return z.custom<T>(shape, 'this is not as posthorn writes it');
}

const dkimKeyEntry = z.strictObject({
  selector: z.string(),
  algorithm: z.enum(dkimAlgorithms),
  /** base64 of PKCS#8. */
  'private-key': z.string().max(8192),
  state: z.enum(['next', 'active', 'retiring']).default('active'),
  since: z.iso.datetime().optional(),
});

/** The first that fits counts. */
const routes = z.array(routeEntry).max(maxRoutes).optional();

const domainEntry = z.strictObject({
  'localpart-case-sensitive': z.boolean().default(false),
  'catchall-separators': z
    .union([z.string().transform((text) => (text === '' ? [] : [text])), z.array(z.string())])
    .default(['+']),
  'reports-only': z.boolean().default(false),
  disabled: z.boolean().default(false),
  /** All of them, as `config export --with-credentials` printed them. No list: they stay as they are. */
  'dkim-keys': z.array(dkimKeyEntry).optional(),
  routes,
});

const addressEntry = z.union([
  z.string().transform((address) => ({ address, mailbox: 'INBOX' })),
  z.strictObject({ address: z.string(), mailbox: z.string().default('INBOX') }),
]);

const tlsPublicKeyEntry = z.strictObject({
  /** base64 of the certificate in DER. */
  certificate: z.string(),
  'login-address': z.string(),
  name: z.string(),
  'imap-preauth': z.boolean().default(true),
});

/** Only what `config export --with-credentials` printed: app passwords are made by posthorn. */
const appPasswordEntry = z.strictObject({
  name: z.string(),
  protocols: z.array(z.enum(loginProtocols)),
  created: z.string(),
  expires: z.iso.datetime().optional(),
  secret: shaped(isAppPasswordSecret),
});

const accountEntry = z.strictObject({
  /** All of them: what is not in the list goes. No list: they stay as they are. */
  addresses: z.array(addressEntry).optional(),
  password: z.string().optional(),
  /** Instead of `password`: what `config export --with-credentials` printed. */
  credential: shaped(isCredential).optional(),
  mailboxes: z.enum(['standard', 'minimal']).default('standard'),
  /** Octets. */
  quota: z.number().int().nonnegative().optional(),
  'login-disabled': z.string().optional(),
  'tls-public-keys': z.array(tlsPublicKeyEntry).optional(),
  'main-password': z.enum(['web-only', 'anywhere']).optional(),
  admin: z.boolean().optional(),
  'hidden-capabilities': z.array(z.string().toUpperCase()).optional(),
  'app-passwords': z.array(appPasswordEntry).optional(),
  'unique-return-paths': z.boolean().optional(),
  'copy-sent': z.boolean().optional(),
  'recipients-per-day': z.number().int().nonnegative().optional(),
  'new-recipients-per-day': z.number().int().nonnegative().optional(),
  routes,
});

const aliasEntry = z.strictObject({
  members: z.array(z.string()),
  'post-public': z.boolean().default(false),
  'list-members': z.boolean().default(false),
  'allow-msg-from': z.boolean().default(false),
});

/** An entry may be left empty in YAML: all defaults. */
function orEmpty<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => value ?? {}, schema);
}

/** An account as it may be written. */
export type AccountEntry = z.input<typeof accountEntry>;

export const directoryDocumentSchema = z.strictObject({
  domains: z.record(z.string(), orEmpty(domainEntry)).default({}),
  accounts: z.record(z.string(), orEmpty(accountEntry)).default({}),
  aliases: z.record(z.string(), aliasEntry).default({}),
  /** Account that gets the mail for `postmaster`. */
  postmaster: z.string().optional(),
});

export type DirectoryDocument = z.infer<typeof directoryDocumentSchema>;
export type DirectoryDocumentInput = z.input<typeof directoryDocumentSchema>;
