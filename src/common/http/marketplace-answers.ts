import { applyDecorators } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { documentSchema } from './answers';

interface MarketplaceAnswer {
  /** one line for the API document: what the route does */
  summary: string;
  /** what stands under `data`; absent for a command that returns nothing */
  data?: z.ZodType;
  /** whether the answer carries a token in its `Authorization` header */
  token?: boolean;
}

const TOKEN_HEADER = {
  Authorization: {
    description: '登录令牌，之后的请求原样带上',
    schema: { type: 'string' as const, example: 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' },
  },
};

/** Documents a marketplace route's answer: `{code:0,message:"ok",data}`, or `{code:0,message:"",data:null}`. */
export function MarketplaceAnswers({ summary, data, token = false }: MarketplaceAnswer): MethodDecorator {
  const message = data ? 'ok' : '';
  const envelope = z.strictObject({
    code: z.literal(0),
    message: z.literal(message),
    data: data ?? z.null(),
  });
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({
      description: '成功',
      schema: documentSchema(envelope),
      ...(token ? { headers: TOKEN_HEADER } : {}),
    }),
    ApiDefaultResponse({ description: '失败', schema: { $ref: '#/components/schemas/MarketplaceFailure' } }),
  );
}

/** What every failure of the marketplace looks like. */
export const marketplaceFailureSchema = z.strictObject({
  code: z.int().meta({
    example: 400,
    description: 'HTTP 状态码；业务错误（HTTP 400）：1002 联系券不足，1003 金额不符',
  }),
  message: z.string().meta({ example: 'Bad Request' }),
  data: z.string().nullable().meta({ example: 'positions: 岗位不能为空', description: '原因' }),
});
