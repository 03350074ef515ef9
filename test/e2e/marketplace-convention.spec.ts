import { Body, Get, Module, Post } from '@nestjs/common';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { Access } from '../../src/common/access/access.decorator';
import { AccessControl } from '../../src/common/access/access-control';
import { CurrentCaller } from '../../src/common/access/caller';
import type { Caller } from '../../src/common/access/caller';
import { Tokens } from '../../src/common/access/tokens';
import { AppError } from '../../src/common/errors/app-error';
import { MarketplaceController } from '../../src/common/http/controllers';
import { MarketplaceAnswers } from '../../src/common/http/marketplace-answers';
import { boundedPage, marketplacePage } from '../../src/common/http/marketplace-paging';
import { Outcome } from '../../src/common/http/envelope';
import { TestApp } from '../support/app';

class SaveDto extends createZodDto(z.object({ name: z.string().min(1) })) {}
class PageDto extends createZodDto(marketplacePage.superRefine(boundedPage)) {}

const who = z.strictObject({ user_id: z.int().nullable() });
const page = z.strictObject({ page_num: z.int(), page_size: z.int() });

/** A controller as a marketplace feature writes it: nothing in it knows of envelopes. */
@MarketplaceController('probe', 'probe')
class ProbeController {
  @Get('who')
  @Access('member')
  @MarketplaceAnswers({ summary: 'who', data: who })
  who(@CurrentCaller() caller: Caller) {
    return { user_id: caller.principal?.id };
  }

  @Get('perhaps')
  @Access('optional-member')
  @MarketplaceAnswers({ summary: 'perhaps', data: who })
  perhaps(@CurrentCaller() caller: Caller) {
    return { user_id: caller.principal?.id ?? null };
  }

  @Post('page')
  @Access('public')
  @MarketplaceAnswers({ summary: 'page', data: page })
  page(@Body() input: PageDto) {
    return input;
  }

  @Post('save')
  @Access('public')
  @MarketplaceAnswers({ summary: 'save' })
  save(@Body() _input: SaveDto): null {
    return null;
  }

  @Post('outcome')
  @Access('public')
  @MarketplaceAnswers({ summary: 'outcome' })
  outcome(): Outcome<null> {
    return new Outcome('said by the handler', null);
  }

  @Post('refuse')
  @Access('public')
  refuse() {
    throw new AppError('NOT_FOUND', { message: 'user not found' });
  }

  @Post('cost')
  @Access('public')
  cost() {
    throw new AppError('INSUFFICIENT_VOUCHER');
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

describe('the conventions of the marketplace', () => {
  let app: TestApp;
  let token: string;
  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    app.asGuest().send(method, path, body, headers);

  beforeAll(async () => {
    app = await TestApp.start({ features: [ProbeModule] });
    app.app.get(AccessControl).register('marketplace', {
      principalFor: ({ subject }) => {
        if (subject === '404') throw new AppError('UNAUTHORIZED');
        return { kind: 'member', id: Number(subject) };
      },
    });
    token = app.app.get(Tokens).issue('marketplace', '298', 1);
  });
  afterAll(() => app.stop());

  it.each([
    ['alone', () => token],
    ['as a bearer', () => `Bearer ${token}`],
  ])('takes the token %s, with the matching user_id', async (_how, authorization) => {
    const answer = await call('GET', '/probe/who', { authorization: authorization(), user_id: '298' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ code: 0, message: 'ok', data: { user_id: 298 } });
  });

  it.each([
    ['no token', () => ({ user_id: '298' })],
    ['no user_id', () => ({ authorization: token })],
    ["another member's user_id", () => ({ authorization: token, user_id: '299' })],
    ['user_id alone', () => ({ user_id: '298', authorization: 'Bearer nonsense' })],
  ])('refuses %s', async (_what, headers) => {
    const answer = await call('GET', '/probe/who', headers());
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 401, message: 'Unauthorized' });
  });

  it.each([
    ['no token', () => ({}), null],
    ['a token', () => ({ authorization: token, user_id: '298' }), 298],
    ['a token that is none', () => ({ authorization: 'Bearer nonsense', user_id: '298' }), null],
    ["another member's user_id", () => ({ authorization: token, user_id: '299' }), null],
    ['the token of nobody', () => ({ authorization: tokenOf('404'), user_id: '404' }), null],
  ])('takes %s where none is needed', async (_what, headers, id) => {
    const answer = await call('GET', '/probe/perhaps', headers());
    expect(answer.body).toEqual({ code: 0, message: 'ok', data: { user_id: id } });
  });

  const tokenOf = (subject: string) => app.app.get(Tokens).issue('marketplace', subject, 1);

  it('pages from 1, ten at a time, and takes digits in quotes', async () => {
    const ask = async (body: object) => (await call('POST', '/probe/page', {}, body)).body.data;
    expect(await ask({})).toEqual({ page_num: 1, page_size: 10 });
    expect(await ask({ page_num: '3', page_size: 100 })).toEqual({ page_num: 3, page_size: 100 });
  });

  it.each([
    ['page_size', { page_size: 101 }],
    ['page_size', { page_size: 0 }],
    ['page_size', { page_size: 'all' }],
    ['page_size', { page_size: null }],
    ['page_num', { page_num: 0 }],
    ['page_num', { page_num: 1.5 }],
    ['page_num', { page_num: [1] }],
    ['page_num', { page_num: 101, page_size: 100 }],
  ])('refuses a page by naming %s: %j', async (field, body) => {
    const answer = await call('POST', '/probe/page', {}, body);
    expect(answer.body).toMatchObject({ code: 400, message: 'Bad Request' });
    expect(answer.body.data).toMatch(new RegExp(`^${field}: `));
  });

  it('has business codes of its own, with 400', async () => {
    const answer = await call('POST', '/probe/cost', {}, {});
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      code: 1002,
      message: 'Insufficient contact voucher',
      data: '联系券不足，请先购买',
    });
  });

  it("refuses a staff member's token, as the CRM refuses a member's", async () => {
    const admin = await app.asAdmin();
    const here = await call('GET', '/probe/who', { authorization: admin.token, user_id: admin.id });
    expect(here.body).toMatchObject({ code: 401 });
    const there = await call('GET', '/api/auth/me', { authorization: `Bearer ${token}` });
    expect(there.body).toMatchObject({ success: false, code: 'UNAUTHORIZED' });
  });

  it('answers a command that returns nothing with an empty message and null', async () => {
    const answer = await call('POST', '/probe/save', {}, { name: '李' });
    expect(answer.body).toEqual({ code: 0, message: '', data: null });
  });

  it('names the wrong field in its one string', async () => {
    const answer = await call('POST', '/probe/save', {}, { name: '' });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ code: 400, message: 'Bad Request', data: 'name: 姓名不能为空' });
  });

  it('answers a failure as documented', async () => {
    const answer = await call('POST', '/probe/refuse', {}, {});
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ code: 404, message: 'Not Found', data: 'user not found' });
  });

  it('keeps its own message for the CRM only: an outcome without data stays as documented', async () => {
    const answer = await call('POST', '/probe/outcome', {}, {});
    expect(answer.body).toEqual({ code: 0, message: '', data: null });
  });
});
