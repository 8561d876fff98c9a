import type { LoginGuard } from '../logins/login-guard.ts';

/** Limits nothing and writes nothing down, but for what a test puts in its place. */
export function openGuard(own: Partial<LoginGuard> = {}): LoginGuard {
  return {
    blocked: () => false,
    attempt: () => true,
    delayMs: () => 0,
    isKnown: () => false,
    reset() {},
    takeBack() {},
    succeeded: () => ({ client() {} }),
    failed() {},
    ...own,
  };
}
