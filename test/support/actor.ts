import type { AnswerContract } from './contract';

export interface Answer {
  status: number;
  headers: Headers;
  /** the parsed JSON, whose shape the caller asserts */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  text: string;
}

interface Identity {
  id: string;
  token: string;
  username: string;
  /** of a member, who sends the id along */
  member?: boolean;
}

type Query = Record<string, string | number | undefined>;

/** Somebody who calls the API over HTTP. Every answer is held against the API document. */
export class Actor {
  constructor(
    private readonly url: string,
    private readonly contract: AnswerContract,
    readonly identity?: Identity,
  ) {}

  get id(): string {
    if (!this.identity) throw new Error('a guest has no id');
    return this.identity.id;
  }

  /** A member's id, as the marketplace writes it. */
  get memberId(): number {
    return Number(this.id);
  }

  get token(): string {
    if (!this.identity) throw new Error('a guest has no token');
    return this.identity.token;
  }

  get(path: string, query: Query = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, String(value)]],
      ),
    ).toString();
    return this.send('GET', search ? `${path}?${search}` : path, undefined, headers);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  patch(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('PATCH', path, body, headers);
  }

  /** With a body, or with everything in the path's query. */
  delete(path: string, body?: unknown): Promise<Answer> {
    return this.send('DELETE', path, body, {});
  }

  /** The same person at another instance of the service. */
  at(url: string): Actor {
    return new Actor(url, this.contract, this.identity);
  }

  withToken(token: string): Actor {
    return new Actor(this.url, this.contract, { id: '', username: '', ...this.identity, token });
  }

  /** The member of that id, with a token that an answer has carried. */
  asMember(id: number, token: string): Actor {
    return new Actor(this.url, this.contract, { id: String(id), token, username: '', member: true });
  }

  /** The same caller, whose id is known by now. */
  identifiedAs(id: string): Actor {
    return new Actor(this.url, this.contract, { username: '', token: this.token, ...this.identity, id });
  }

  async send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        // fetch itself names the boundary of a form
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...(this.identity ? { authorization: `Bearer ${this.identity.token}` } : {}),
        ...(this.identity?.member ? { user_id: this.identity.id } : {}),
        ...headers,
      },
      body: encoded(body),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json')
      ? (JSON.parse(text) as unknown)
      : undefined;
    this.contract.check(method, path, response, json);
    return { status: response.status, headers: response.headers, body: json, text };
  }
}

function encoded(body: unknown): string | FormData | undefined {
  return body === undefined || body instanceof FormData || typeof body === 'string'
    ? body
    : JSON.stringify(body);
}
