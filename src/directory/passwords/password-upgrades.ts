import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { DirectoryEditor } from '../directory-editor.ts';
import { decideUpgrade, deriveUpgrade, isOutdated } from './upgrade-password.ts';
import type { KeptPassword } from './upgrade-password.ts';

/** More need not wait: their next login brings them again. */
const maxWaiting = 50;

/** Somebody has just shown a password that is kept like this. */
export interface ShownPassword {
  readonly kept: KeptPassword;
  /** As `prepareOpaqueString` makes it; held until its turn comes, some seconds at most. */
  readonly password: string;
}

/**
 * Makes what is kept of passwords stronger after logins that brought them, when it was made with parameters weaker than
 * today's. One at a time and behind the login's back, on the pool's threads. Sessions stay: it is the same password.
 */
export class PasswordUpgrades {
  readonly #editor: Pick<DirectoryEditor, 'view' | 'change'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting = new Map<string, ShownPassword>();
  #isBusy = false;
  #closed = false;

  constructor(editor: Pick<DirectoryEditor, 'view' | 'change'>, clock: Clock, log: Log) {
    this.#editor = editor;
    this.#clock = clock;
    this.#log = log;
  }

  shown(shown: ShownPassword): void {
    if (this.#closed || !isOutdated(this.#editor.view, shown.kept, this.#clock.now())) return;
    if (this.#waiting.size >= maxWaiting) return;
    this.#waiting.set(nameOf(shown.kept), shown);
    if (!this.#isBusy) void this.#work();
  }

  /** What waits is given up: it comes again with the next login. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (const [name, { kept, password }] of this.#waiting) {
      try {
        await this.#upgrade(kept, password);
      } catch (error) {
        if (!this.#closed)
          this.#log.error('a password could not be kept more strongly', { account: kept.account }, error);
      }
      this.#waiting.delete(name);
    }
    this.#isBusy = false;
  }

  async #upgrade(kept: KeptPassword, password: string): Promise<void> {
    const upgrade = await deriveUpgrade(password, kept);
    if (this.#closed) return;
    const done = await this.#editor.change((view) => decideUpgrade(view, kept, upgrade, this.#clock.now()));
    if (done.ok && done.value.put.length > 0)
      this.#log.info('a password is kept more strongly', { account: kept.account });
  }
}

function nameOf(kept: KeptPassword): string {
  return kept.kind === 'credential' ? `main ${kept.account}` : `app ${kept.id}`;
}
