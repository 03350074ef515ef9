import { HttpException } from '@nestjs/common';
import { mongo } from 'mongoose';
import { AppError, invalidFields } from './app-error';
import { failureBody } from '../http/envelope';
import { BUSINESS_ERRORS, ERRORS, isFieldProblems } from './catalogue';
import { normaliseError } from './normalise-error';

/** The codes that mini-programs branch on, with their statuses: fixed by the API's contract. */
const CONTRACT = {
  INVALID_PARAMS: 400,
  MISSING_CONTACT: 400,
  ROOM_EXISTS: 400,
  ROOM_ENDED: 400,
  UNAUTHORIZED: 401,
  LOGIN_FAILED: 401,
  TOKEN_EXPIRED: 401,
  PHONE_NOT_VERIFIED: 401,
  FORBIDDEN: 403,
  ACCOUNT_DISABLED: 403,
  NOT_FOUND: 404,
  ROOM_NOT_FOUND: 404,
  SHARE_LINK_INVALID: 404,
  CONFLICT: 409,
  DUPLICATE_PHONE: 409,
  DUPLICATE_ID_NUMBER: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  ROOM_FULL: 409,
  FILE_TOO_LARGE: 413,
  PAYLOAD_TOO_LARGE: 413,
  INVALID_FILE_TYPE: 415,
  IDEMPOTENCY_KEY_REUSED: 422,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  UPSTREAM_ERROR: 502,
  SERVICE_UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
};

describe('the catalogue of errors', () => {
  it('has exactly the codes of the contract, each with its status', () => {
    const statuses = Object.entries(ERRORS).map(([code, { status }]) => [code, status]);
    expect(Object.fromEntries(statuses)).toEqual(CONTRACT);
  });

  it.each(Object.entries(ERRORS))('has Chinese words for %s', (_code, { message }) => {
    expect(message).toMatch(/^[\u4e00-\u9fff，]+$/);
  });

  it('says of a share link and a room what the mini-programs show', () => {
    expect(ERRORS.SHARE_LINK_INVALID.message).toBe('分享链接无效或已过期');
    expect(ERRORS.ROOM_NOT_FOUND.message).toBe('房间不存在');
  });

  it('shows the first of several wrong fields as the message, and all as details', () => {
    const problems = [
      { field: 'name', message: '姓名不能为空' },
      { field: 'phone', message: '手机号不能为空' },
    ];
    expect(invalidFields(problems)).toMatchObject({
      code: 'INVALID_PARAMS',
      status: 400,
      message: '姓名不能为空',
      details: problems,
    });
    expect(isFieldProblems(problems)).toBe(true);
    expect(isFieldProblems({ existingId: '1' })).toBe(false);
  });
});

describe('the business errors of the marketplace', () => {
  it('are these, and none of them is a code of the CRM', () => {
    const codes = Object.values(BUSINESS_ERRORS).map(({ business, title }) => [business, title]);
    expect(codes).toEqual([
      [1002, 'Insufficient contact voucher'],
      [1003, 'Amount mismatch'],
    ]);
    for (const code of Object.keys(BUSINESS_ERRORS)) expect(ERRORS).not.toHaveProperty(code);
  });

  it('are told with a number of their own, and 400', () => {
    const error = new AppError('INSUFFICIENT_VOUCHER');
    expect(error.status).toBe(400);
    expect(failureBody('marketplace', error, 'id')).toEqual({
      code: 1002,
      message: 'Insufficient contact voucher',
      data: '联系券不足，请先购买',
    });
    expect(failureBody('crm', error, 'id')).toMatchObject({ success: false, code: 'INVALID_PARAMS' });
  });
});

describe('an error that is not of the catalogue', () => {
  const labelled = (label: string) => {
    const error = new mongo.MongoServerError({ message: 'WriteConflict', code: 251 });
    error.addErrorLabel(label);
    return error;
  };

  it.each<[string, unknown, string]>([
    ['a bug', new TypeError("Cannot read properties of undefined (reading 'x')"), 'INTERNAL_ERROR'],
    ['a string', 'thrown as a string', 'INTERNAL_ERROR'],
    ['nothing', undefined, 'INTERNAL_ERROR'],
    ['a rejected document', new mongo.MongoServerError({ message: 'nope', code: 2 }), 'INTERNAL_ERROR'],
    ['a cut connection', new mongo.MongoNetworkError('ECONNRESET'), 'SERVICE_UNAVAILABLE'],
    ['an ended socket', Object.assign(new Error('ended'), { code: 'EPIPE' }), 'SERVICE_UNAVAILABLE'],
    ['a closed client', new mongo.MongoTopologyClosedError('closed'), 'SERVICE_UNAVAILABLE'],
    [
      'a stepped-down primary',
      new mongo.MongoServerError({ message: 'x', code: 10107 }),
      'SERVICE_UNAVAILABLE',
    ],
    ['a query out of time', new mongo.MongoServerError({ message: 'x', code: 50 }), 'SERVICE_UNAVAILABLE'],
    ['a lost write conflict', new mongo.MongoServerError({ message: 'x', code: 112 }), 'SERVICE_UNAVAILABLE'],
    ['an aborted transaction', labelled('TransientTransactionError'), 'SERVICE_UNAVAILABLE'],
    ["the framework's 403", new HttpException('Forbidden resource', 403), 'FORBIDDEN'],
    ["the framework's 500", new HttpException('secret detail', 500), 'INTERNAL_ERROR'],
    ["the framework's 418", new HttpException('teapot', 418), 'INVALID_PARAMS'],
    ["the framework's 415", new HttpException('Unsupported Media Type', 415), 'INVALID_PARAMS'],
    ["a parser's 413", Object.assign(new Error('too big'), { statusCode: 413 }), 'PAYLOAD_TOO_LARGE'],
  ])('becomes one when it is %s', (_what, thrown, code) => {
    const error = normaliseError(thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/[\u4e00-\u9fff]/);
    expect(error.message).not.toMatch(/Cannot|nope|secret|Forbidden|teapot|closed|thrown/);
  });

  it('keeps the original as its cause, for the log', () => {
    const original = new TypeError('boom');
    expect(normaliseError(original).cause).toBe(original);
  });

  it('asks to come again soon when the database was away', () => {
    expect(normaliseError(new mongo.MongoNetworkError('gone')).retryAfter).toBeGreaterThan(0);
  });
});
