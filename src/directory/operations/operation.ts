import type { z } from 'zod';

import { fail } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { AppPasswordSecret } from '../passwords/app-password.ts';
import type { Credential } from '../passwords/credential.ts';
import type { MadeDkimKey } from '../dkim/make-dkim-key.ts';
import { readAddressKey, readDomainKey } from '../address-key.ts';
import { canonicalKey } from '../directory-tables.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { directoryChange } from '../directory-change.ts';
import type { DirectoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AccountRecord, AddressRecord, AliasRecord, DirectoryRecord, DomainRecord } from '../directory-record.ts';
import { displayAddress } from '../address-text.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';
import { checkRecord } from '../load-tables.ts';

/** What a decision may know beside the directory. */
export interface DecideContext {
  /** ISO 8601. */
  readonly now: string;
  /** Made of the operation's password, if it has one. */
  readonly credential: Credential | undefined;
  /** Likewise, for operations that add an app password. */
  readonly appPassword?: AppPasswordSecret | undefined;
  /** Made for the operation, if it asks for keys. */
  readonly dkimKeys: readonly MadeDkimKey[];
}

export type Decided = Result<DirectoryChange, DirectoryConflict>;

/** One thing that can be done to the directory. Arguments are plain data, as they come over the control socket. */
export interface OperationDefinition<Name extends string, Schema extends z.ZodType> {
  readonly name: Name;
  readonly schema: Schema;
  /** Pure: what to change, or why not. */
  decide(view: DirectoryView, args: z.infer<Schema>, context: DecideContext): Decided;
}

/** Only for its types: the arguments of `decide` follow from the schema. */
export function operation<Name extends string, Schema extends z.ZodType>(
  definition: OperationDefinition<Name, Schema>,
): OperationDefinition<Name, Schema> {
  return definition;
}

/** A change that puts one record, if the rules allow it. */
export function putChecked(view: DirectoryView, record: DirectoryRecord, more: Partial<DirectoryChange> = {}): Decided {
  const checked = checkRecord(view, record);
  if (!checked.ok) return checked;
  return { ok: true, value: directoryChange({ ...more, put: [record, ...(more.put ?? [])] }) };
}

/** The domain named by a text. */
export function getDomain(view: DirectoryView, text: string): Result<DomainRecord, DirectoryConflict> {
  const key = readDomainKey(text);
  if (!key.ok) return conflict('invalid', key.error);
  const record = view.domains.get(key.value);
  return record ? { ok: true, value: record } : conflict('unknown', `there is no domain ${toUnicodeDomain(key.value)}`);
}

export function getAccount(view: DirectoryView, name: string): Result<AccountRecord, DirectoryConflict> {
  const record = view.accounts.get(name.normalize('NFC'));
  return record ? { ok: true, value: record } : conflict('unknown', `there is no account "${name}"`);
}

/** The address or alias that a text means, in any spelling but with nothing after a separator. */
function getConfigured(view: DirectoryView, text: string): Result<AddressRecord | AliasRecord, DirectoryConflict> {
  const key = readAddressKey(text);
  if (!key.ok) return conflict('invalid', key.error);
  const found = view.byCanonical.get(canonicalKey(view, key.value));
  return found && found.address.toLowerCase() === key.value.toLowerCase()
    ? { ok: true, value: found }
    : conflict('unknown', `${displayAddress(key.value)} is not configured`);
}

export function getAddress(view: DirectoryView, text: string): Result<AddressRecord, DirectoryConflict> {
  const found = getConfigured(view, text);
  if (!found.ok) return found;
  return found.value.kind === 'address'
    ? { ok: true, value: found.value }
    : conflict('unknown', `${displayAddress(found.value.address)} is an alias; see "posthorn config alias"`);
}

export function getAlias(view: DirectoryView, text: string): Result<AliasRecord, DirectoryConflict> {
  const found = getConfigured(view, text);
  if (!found.ok) return found;
  return found.value.kind === 'alias'
    ? { ok: true, value: found.value }
    : conflict('unknown', `${displayAddress(found.value.address)} is no alias`);
}

/** `readAddressKey` as a check. */
export function addressKey(text: string): Result<string, DirectoryConflict> {
  const key = readAddressKey(text);
  return key.ok ? key : fail({ reason: 'invalid', message: key.error });
}
