import type { MessagePort } from 'node:worker_threads';

/** What `ThreadOnDemand` sends to its thread. */
export interface ThreadRequest<Request> {
  readonly id: number;
  readonly request: Request;
}

/** What the thread sends back, in any order. */
export type ThreadAnswer<Answer> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly failure: string };

/** The thread's side of `ThreadOnDemand`: answers each request by `handle`. Several may be under way at once. */
export function answerRequests<Request, Answer>(
  port: MessagePort,
  handle: (request: Request) => Promise<Answer>,
): void {
  port.on('message', ({ id, request }: ThreadRequest<Request>) => {
    handle(request).then(
      (answer) => port.postMessage({ id, answer } satisfies ThreadAnswer<Answer>),
      (error: unknown) => port.postMessage({ id, failure: String(error) } satisfies ThreadAnswer<Answer>),
    );
  });
}
