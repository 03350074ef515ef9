import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { BUSINESS_ERRORS, ERRORS } from '../../src/common/errors/catalogue';

/** docs/openapi.json, which is checked to be what the code says (`npm run openapi`): making it anew takes each app a second. */
export function keptDocument(): OpenAPIObject {
  const path = join(__dirname, '..', '..', 'docs', 'openapi.json');
  return JSON.parse(readFileSync(path, 'utf8')) as OpenAPIObject;
}

interface Route {
  method: string;
  pattern: RegExp;
  schema: object;
  /** compiled at the route's first answer: a file of tests calls few of them */
  validate?: ValidateFunction;
}

/** Holds every answer of a test against the API document: envelope, status, code, and exactly the documented fields. */
export class AnswerContract {
  private readonly routes: Route[];
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: OpenAPIObject) {
    addFormats(this.ajv);
    this.routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations as Record<string, { responses?: Record<string, Documented> }>).flatMap(
        ([method, operation]) => {
          const schema = operation.responses?.['200']?.content?.['application/json']?.schema;
          if (!schema) return [];
          const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
          return [{ method: method.toUpperCase(), pattern, schema }];
        },
      ),
    );
    // a fixed path comes before a pattern that would match it too
    this.routes.sort(
      (a, b) => Number(a.pattern.source.includes('[^/]')) - Number(b.pattern.source.includes('[^/]')),
    );
  }

  check(method: string, path: string, response: Response, body: unknown): void {
    if (!response.headers.get('x-request-id')) throw new Error(`${method} ${path}: no X-Request-Id`);
    if (PLAIN.test(path)) return;
    if (response.status === 200) this.checkSuccess(method, path, body);
    else failureCheckOf(path)(method, path, response.status, body);
  }

  private checkSuccess(method: string, path: string, body: unknown): void {
    const route = this.routes.find(
      ({ method: verb, pattern }) => verb === method && pattern.test(path.split('?')[0] ?? ''),
    );
    if (!route) throw new Error(`${method} ${path} answered 200 but is not in the API document`);
    route.validate ??= this.ajv.compile(route.schema);
    if (route.validate(body)) return;
    const problems = route.validate.errors?.map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
    throw new Error(
      `${method} ${path} does not answer as documented:\n${problems?.join('\n')}\n${JSON.stringify(body)}`,
    );
  }
}

/** What has no envelope: pages of the API document and of the interview, figures, files. */
const PLAIN = /^\/(api\/docs|metrics|files\/|h5(\/|$))/;

interface Documented {
  content?: Record<string, { schema?: object }>;
}

type FailureCheck = (method: string, path: string, status: number, body: unknown) => void;

function failureCheckOf(path: string): FailureCheck {
  if (path.startsWith('/api/')) return checkCrmFailure;
  return path.startsWith('/wechat/pay/') ? checkNoticeFailure : checkMarketplaceFailure;
}

/** In the words that WeChat Pay reads. */
function checkNoticeFailure(method: string, path: string, status: number, body: unknown): void {
  const { code, message, ...others } = (body ?? {}) as Record<string, unknown>;
  if (code !== 'FAIL' || typeof message !== 'string' || !message || Object.keys(others).length > 0)
    throw new Error(`${method} ${path}: no refusal of a notice: ${status} ${JSON.stringify(body)}`);
}

function checkCrmFailure(method: string, path: string, status: number, body: unknown): void {
  const failure = body as {
    success?: unknown;
    code?: keyof typeof ERRORS;
    message?: unknown;
    requestId?: unknown;
  };
  const known = failure?.code && ERRORS[failure.code];
  const sound =
    failure?.success === false && known?.status === status && failure.requestId && failure.message;
  if (!sound)
    throw new Error(`${method} ${path}: not an error of the catalogue: ${status} ${JSON.stringify(body)}`);
}

const BUSINESS = new Map<unknown, string>(
  Object.values(BUSINESS_ERRORS).map(({ business, title }) => [business, title]),
);

function checkMarketplaceFailure(method: string, path: string, status: number, body: unknown): void {
  const { code, message, data, ...others } = (body ?? {}) as Record<string, unknown>;
  const title = BUSINESS.get(code);
  const named = title === undefined ? code === status && message === STATUS_CODES[status] : message === title;
  const told = data === null || (typeof data === 'string' && data !== '');
  const sound = named && told && (title === undefined || status === 400) && Object.keys(others).length === 0;
  if (!sound)
    throw new Error(`${method} ${path}: not a failure of the marketplace: ${status} ${JSON.stringify(body)}`);
}
