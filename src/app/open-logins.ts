import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveDirectory } from '../directory/live-directory.ts';
import { createLoginGuard } from '../directory/logins/login-guard.ts';
import type { LoginGuard } from '../directory/logins/login-guard.ts';
import { LoginLog } from '../directory/logins/login-log.ts';
import { classKeys, toPlainAddress } from '../net/address-class.ts';
import { createExemptions, createFailureLimiter, isExempt } from '../net/limits.ts';
import type { ClassLimits } from '../net/limits.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config/config-schema.ts';

export interface OpenedLogins {
  readonly guard: LoginGuard;
  readonly log: LoginLog;
  /** Other limits from now on; who failed before is remembered. */
  useLimits(limits: Config['limits']): void;
}

/** Limits and log of logins, one for all faces. What they have to know from before the start is read meanwhile. */
export function openLogins(parts: {
  readonly limits: Config['limits'];
  readonly store: Store;
  readonly directory: LiveDirectory;
  readonly log: Log;
}): OpenedLogins {
  const { store, directory } = parts;
  let exempt = createExemptions(parts.limits.exempt);
  const log = new LoginLog(store, systemClock, parts.log);
  const limitsOf = (limits: Config['limits']) => ({
    exempt,
    perMinute: byClass(limits.failedLoginsPerMinute),
    perDay: byClass(limits.failedLoginsPerDay),
  });
  const networks = createFailureLimiter(limitsOf(parts.limits));
  const guard = createLoginGuard({
    networks,
    networkOf: (address) => String(classKeys(address)[0]),
    accountOf: (login) => directory.findLoginAccount(login),
    canonicalLogin: (login) => directory.canonicalLogin(login),
    isExempt: (address) => isExempt(exempt, toPlainAddress(address)),
    log,
    clock: systemClock,
  });
  guard.restore().catch((error: unknown) => {
    parts.log.error('failed logins from before the start are not known', {}, error);
  });
  return {
    guard,
    log,
    useLimits(limits) {
      exempt = createExemptions(limits.exempt);
      networks.useLimits(limitsOf(limits));
    },
  };
}

/** spec/protocols.md section 0.1: a network may do three times, a wide one nine times what an address may. */
export function byClass(limit: number): ClassLimits {
  return [limit, 3 * limit, 9 * limit];
}
