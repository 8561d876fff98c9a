import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { DirectoryOperation } from './decide-operation.ts';
import { printChange } from './directory-change.ts';
import type { DirectoryChange } from './directory-change.ts';
import { conflict } from './directory-conflict.ts';
import type { DirectoryConflict } from './directory-conflict.ts';
import { dkimAlgorithms, makeDkimKeys } from './dkim/make-dkim-key.ts';
import { DirectoryInvalid } from './directory-options.ts';
import type { DirectoryOptions } from './directory-options.ts';
import { DirectoryTables } from './directory-tables.ts';
import type { DirectoryView } from './directory-tables.ts';
import { loadTables } from './load-tables.ts';
import type { DecideContext, Decided } from './operations/operation.ts';
import { deriveAppPassword } from './passwords/app-password.ts';
import { saltsToKeep, scramSaltsOf } from './passwords/find-app-password.ts';
import { deriveCredential, newScramSalts } from './passwords/credential.ts';
import { prepareOpaqueString } from '../base/opaque-string.ts';
import { checkNewTransports } from './routes/check-transports.ts';

/** Others may edit at the same time; each round one of them succeeds, so a few rounds are always enough. */
const maxRounds = 20;
const retryReadMs = 5_000;

/**
 * Holds the tables and the version of the directory that they show, and changes them: decide on what is there, write
 * if it is still so (compare and set in the store), decide again on what is there now otherwise. Edits and readings
 * run one after the other.
 */
export class DirectoryEditor {
  readonly #options: DirectoryOptions;
  #tables = new DirectoryTables();
  #version = -1;
  #last: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<() => void>();
  #stopWatching: () => void = () => {};
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** @throws DirectoryInvalid when what is stored breaks the rules. */
  static async open(options: DirectoryOptions): Promise<DirectoryEditor> {
    const editor = new DirectoryEditor(options);
    editor.#stopWatching = options.store.watchDirectory((version) => editor.#heard(version));
    try {
      const conflicts = await editor.#oneAtATime(() => editor.#read());
      if (conflicts.length > 0) throw new DirectoryInvalid(conflicts.map(({ message }) => message).join('\n'));
    } catch (error) {
      editor.close();
      throw error;
    }
    return editor;
  }

  /** What is there now. Changes with edits: look again after waiting for something. */
  get view(): DirectoryView {
    return this.#tables;
  }

  /** Does one operation; its password is hashed, or its keys are made, first. Resolves when it is durable and in effect. */
  async edit(operation: DirectoryOperation): Promise<Result<DirectoryChange, DirectoryConflict>> {
    const secrets = await deriveSecrets(this.view, operation, this.#options.clock.now());
    if (!secrets.ok) return secrets;
    const wanted = operation.do === 'dkim-add' ? (operation.algorithms ?? dkimAlgorithms) : [];
    // It may come from outside: what is no algorithm is refused by the operation's schema.
    const dkimKeys = await makeDkimKeys(dkimAlgorithms.filter((one) => wanted.includes(one)));
    const context = { now: this.now(), ...secrets.value, dkimKeys };
    // The forms of operations take a while to load, which a start has no time for.
    const { decideOperation } = await import('./decide-operation.ts');
    return this.change((view) => decideOperation(view, operation, context));
  }

  /** Makes the change that `decide` wants as one edit. `decide` is asked again when someone else was faster. */
  change(decide: (view: DirectoryView) => Decided): Promise<Result<DirectoryChange, DirectoryConflict>> {
    return this.#oneAtATime(async () => {
      for (let round = 0; round < maxRounds; round++) {
        const decided = decide(this.#tables);
        if (!decided.ok || isEmpty(decided.value)) return decided;
        const [lost] = this.checkTransports(decided.value);
        if (lost !== undefined) return fail(lost);
        const written = await this.#options.store.editDirectory(printChange(decided.value, this.#version));
        if (written.ok) {
          this.#tables.apply(decided.value);
          this.#tables.setAccountIds(this.#accountIdsAfter(decided.value, written.accountIds));
          this.#version = written.version;
          this.#announce();
          return decided;
        }
        await this.#read();
      }
      throw new Error(`the directory changed ${maxRounds} times while it was being edited`);
    });
  }

  /** Why routes of a change lead nowhere. */
  checkTransports(change: DirectoryChange): readonly DirectoryConflict[] {
    const known = this.#options.transports?.();
    return known === undefined ? [] : checkNewTransports(this.#tables, change, known);
  }

  /** Hear of each edit, after it is in effect. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** ISO 8601, whole seconds. */
  now(): string {
    return new Date(this.#options.clock.now()).toISOString().replace(/\.\d+/, '');
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stopWatching();
    this.#listeners.clear();
  }

  /** Ids of the accounts: `fromEdit` may have all of them or only the new ones. */
  #accountIdsAfter(change: DirectoryChange, fromEdit: DirectoryView['accountIds']): DirectoryView['accountIds'] {
    const ids = new Map(this.#tables.accountIds);
    for (const name of change.removeAccounts) ids.delete(name);
    for (const [name, id] of fromEdit) ids.set(name, id);
    return ids;
  }

  /** Reads all of it. Records that break the rules are left out; returns why. */
  async #read(): Promise<readonly DirectoryConflict[]> {
    const state = await this.#options.store.readDirectory();
    const { tables, conflicts } = loadTables(state);
    this.#tables = tables;
    this.#version = state.version;
    return conflicts;
  }

  /** An edit, perhaps by another process. One of our own is in effect by the time its turn comes. */
  #heard(version: number): void {
    void this.#oneAtATime(async () => {
      if (version <= this.#version || this.#closed) return;
      const conflicts = await this.#read();
      for (const { message } of conflicts)
        this.#options.log.error('part of the directory is not used', { why: message });
      this.#announce();
    }).catch((error: unknown) => {
      this.#options.log.error('the directory could not be read again; trying later', {}, error);
      this.#retry = setTimeout(() => this.#heard(version), retryReadMs).unref();
    });
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

function isEmpty(change: DirectoryChange): boolean {
  return change.put.length + change.remove.length + change.createAccounts.length + change.removeAccounts.length === 0;
}

/** What is kept of the password that an operation brings. */
async function deriveSecrets(
  view: DirectoryView,
  operation: DirectoryOperation,
  nowMs: number,
): Promise<Result<Pick<DecideContext, 'credential' | 'appPassword'>, DirectoryConflict>> {
  const password = 'password' in operation ? operation.password : undefined;
  if (password === undefined) return ok({ credential: undefined });
  const prepared = prepareOpaqueString(String(password));
  if (!prepared.ok) return conflict('invalid', `the password cannot be used: ${prepared.error.expected} expected`);
  if (operation.do === 'app-password-add') {
    const salts = scramSaltsOf(view, String(operation.account), nowMs) ?? newScramSalts();
    return ok({ credential: undefined, appPassword: await deriveAppPassword(prepared.value, salts) });
  }
  const salts = operation.do === 'account-password' ? saltsToKeep(view, String(operation.name), nowMs) : undefined;
  return ok({ credential: await deriveCredential(prepared.value, salts) });
}
