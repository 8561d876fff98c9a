import type { Input } from '../../base/conversation.ts';

/** What a command may wait for. */
export type GateInput = Input & { readonly kind: 'line' | 'line-too-long' | 'octets' };

/**
 * Lets a running command wait for the next input, although inputs are fed one at a time: `accept` ends its turn when the
 * command waits or is done, and the next `accept` opens the gate and starts a turn of its own.
 */
export class InputGate {
  private waiter: { resolve(input: GateInput): void; reject(error: Error): void } | undefined = undefined;
  private turn: { resolve(): void; reject(error: unknown): void } | undefined = undefined;

  /** A command waits for input. */
  get waiting(): boolean {
    return this.waiter !== undefined;
  }

  /** Starts a turn: resolves when the command waits or has ended. */
  newTurn(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.turn = { resolve, reject };
    });
  }

  /** The command is done; `error` is a bug that the pump should see. */
  endTurn(error?: unknown): void {
    const { turn } = this;
    this.turn = undefined;
    if (error === undefined) turn?.resolve();
    else turn?.reject(error);
  }

  /** For the command: the next input. Its octets are valid until the command waits again or ends. */
  next(): Promise<GateInput> {
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
      this.endTurn();
    });
  }

  /** Hands an input to the command that waits. */
  open(input: GateInput): Promise<void> {
    const { waiter } = this;
    this.waiter = undefined;
    const turn = this.newTurn();
    waiter?.resolve(input);
    return turn;
  }

  /** Makes the command that waits, if one does, fail; resolves when it has ended. */
  fail(error: Error): Promise<void> {
    const { waiter } = this;
    if (waiter === undefined) return Promise.resolve();
    this.waiter = undefined;
    const turn = this.newTurn();
    waiter.reject(error);
    return turn;
  }
}
