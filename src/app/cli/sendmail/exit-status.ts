import type { SmtpError } from '../../../clients/smtp/smtp-client.ts';

/** Exit statuses that programs which call sendmail know (sysexits.h). */
export const exitStatus = {
  usage: 64,
  dataError: 65,
  noInput: 66,
  noUser: 67,
  noHost: 68,
  unavailable: 69,
  software: 70,
  tempFail: 75,
  protocol: 76,
  noPermission: 77,
  config: 78,
} as const;

/** Ends sendmail with a status and a line for people. */
export class SendmailFailure extends Error {
  override readonly name = 'SendmailFailure';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a failure of the client means to the caller: only `tempFail` is worth another try as it is. */
export function statusOf(error: SmtpError): number {
  const { step, fault, permanence, cause, enhanced } = error;
  if (permanence === 'unknown') return exitStatus.tempFail;
  switch (fault) {
    case 'name':
      return isUnknownName(cause) ? exitStatus.noHost : exitStatus.tempFail;
    case 'protocol':
      return exitStatus.protocol;
    case 'certificate':
    case 'credentials':
      return exitStatus.noPermission;
    case 'unsupported':
      return exitStatus.unavailable;
    case 'refused':
      if (permanence === 'temporary') return exitStatus.tempFail;
      // 5.7.8: credentials are wrong, such as the client's key (RFC 4954 section 6).
      return step === 'AUTH' || enhanced === '5.7.8' ? exitStatus.noPermission : exitStatus.unavailable;
    default:
      return exitStatus.tempFail;
  }
}

/** Other failures of the resolver may pass. */
function isUnknownName(error: unknown): boolean {
  const source = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return source instanceof Error && 'code' in source && source.code === 'ENOTFOUND';
}
