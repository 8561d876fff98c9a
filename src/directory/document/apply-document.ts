import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { DirectoryChange } from '../directory-change.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { DirectoryEditor } from '../directory-editor.ts';
import { recordKey } from '../directory-record.ts';
import { allRecords } from '../directory-tables.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { saltsToKeep } from '../passwords/find-app-password.ts';
import { deriveCredential, verifyPassword } from '../passwords/credential.ts';
import type { Credential } from '../passwords/credential.ts';
import { prepareOpaqueString } from '../../base/opaque-string.ts';
import type { DirectoryDocument } from './directory-document.ts';
import { planApply } from './plan-apply.ts';

/** What an apply did, or would do: one line an object, such as `+ address bob@example.org`. */
export interface Applied {
  readonly lines: readonly string[];
}

/** Makes the directory what the document says, as one edit; all conflicts are reported together. */
export async function applyDocument(
  editor: DirectoryEditor,
  document: DirectoryDocument,
  options: { readonly prune: boolean; readonly dryRun: boolean },
): Promise<Result<Applied, readonly DirectoryConflict[]>> {
  const credentials = await makeCredentials(editor.view, document, Date.parse(editor.now()));
  if (!credentials.ok) return credentials;
  const planning = { prune: options.prune, now: editor.now(), credentials: credentials.value };
  if (options.dryRun) {
    const planned = planApply(editor.view, document, planning);
    if (!planned.ok) return planned;
    const lost = editor.checkTransports(planned.value);
    return lost.length > 0 ? fail(lost) : ok({ lines: describeChange(editor.view, planned.value) });
  }
  let lines: readonly string[] = [];
  let conflicts: readonly DirectoryConflict[] = [];
  const done = await editor.change((view) => {
    const planned = planApply(view, document, planning);
    conflicts = planned.ok ? editor.checkTransports(planned.value) : planned.error;
    if (planned.ok) {
      lines = describeChange(view, planned.value);
      return planned;
    }
    return fail(planned.error[0] ?? { reason: 'invalid', message: 'the document cannot be applied' });
  });
  return done.ok ? ok({ lines }) : fail(conflicts.length > 0 ? conflicts : [done.error]);
}

/** Hashes the passwords that differ from what is there, so that applying a document again changes nothing. */
async function makeCredentials(
  view: DirectoryView,
  document: DirectoryDocument,
  nowMs: number,
): Promise<Result<ReadonlyMap<string, Credential>, readonly DirectoryConflict[]>> {
  const credentials = new Map<string, Credential>();
  const faults: DirectoryConflict[] = [];
  const each = Object.entries(document.accounts).map(async ([text, { password }]) => {
    if (password === undefined) return;
    const name = text.normalize('NFC');
    const prepared = prepareOpaqueString(password);
    if (!prepared.ok) {
      faults.push({
        reason: 'invalid',
        message: `account "${name}": the password cannot be used: ${prepared.error.expected} expected`,
      });
      return;
    }
    const existing = view.credentials.get(name)?.credential;
    const same = existing !== undefined && (await verifyPassword(prepared.value, existing));
    credentials.set(name, same ? existing : await deriveCredential(prepared.value, saltsToKeep(view, name, nowMs)));
  });
  await Promise.all(each);
  return faults.length > 0 ? fail(faults) : ok(credentials);
}

function describeChange(view: DirectoryView, change: DirectoryChange): readonly string[] {
  const removed = change.remove.map(({ kind, id }) => `- ${kind} ${id}`);
  const put = change.put.map((record) => {
    const { kind, id } = recordKey(record);
    return `${exists(view, kind, id) ? '~' : '+'} ${kind === 'credential' ? 'password of' : kind} ${id}`;
  });
  return [...removed, ...put];
}

function exists(view: DirectoryView, kind: string, id: string): boolean {
  switch (kind) {
    case 'domain':
      return view.domains.has(id);
    case 'account':
      return view.accounts.has(id);
    case 'credential':
      return view.credentials.has(id);
    case 'app-password':
      return view.appPasswords.has(id);
    case 'address':
      return view.addresses.has(id);
    case 'alias':
      return view.aliases.has(id);
    case 'tls-public-key':
      return view.tlsPublicKeys.has(id);
    case 'dkim-key':
      return [...allRecords(view)].some((record) => record.kind === 'dkim-key' && recordKey(record).id === id);
    default:
      return true;
  }
}
