/** Why there is no connection, or no longer one. `name`: no address; `certificate`: TLS stood, but with the wrong peer. */
export type FailureReason = 'name' | 'connect' | 'timeout' | 'tls' | 'certificate' | 'closed' | 'aborted';

/** What happens to connections that we open. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Of an error event. */
export function failureOf(error: Error & { readonly code?: string; readonly syscall?: string }): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  const reason = error.syscall === 'getaddrinfo' ? 'name' : error.syscall === 'connect' ? 'connect' : undefined;
  const isTls = /^(?:ERR_SSL|ERR_TLS|EPROTO)/.test(error.code ?? '');
  const isMany = error instanceof AggregateError;
  return new ConnectionFailure(
    reason ?? (isTls ? 'tls' : isMany ? 'connect' : 'closed'),
    error.message || 'no connection',
    {
      cause: error,
    },
  );
}
