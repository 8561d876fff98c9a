import type { AddressParts } from '../../directory/directory.ts';
import type { PolicyStage } from './policy.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/** Goes on, unless the policy of the listener forces an answer for this address. */
export function obeyPolicy(
  session: SmtpSession,
  address: AddressParts | undefined,
  stage: PolicyStage,
  goOn: () => void,
): void | Promise<void> {
  const forced = address === undefined ? undefined : session.options.policy?.judge(address.localPart, stage);
  if (forced === undefined) return goOn();
  if (forced.afterMs === 0) throw new Refuse(forced.reply);
  return session.sink.delay(forced.afterMs).then(() => {
    throw new Refuse(forced.reply);
  });
}
