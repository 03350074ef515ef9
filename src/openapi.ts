import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { BUSINESS_ERRORS, ERRORS } from './common/errors/catalogue';
import { documentSchema, failureSchema } from './common/http/answers';
import { addFieldExamples } from './common/http/field-examples';
import { marketplaceFailureSchema } from './common/http/marketplace-answers';

const DESCRIPTION = [
  '两个小程序共用的后端：家政 CRM（`/api/...`）和招聘市场（无前缀）。',
  '',
  '**登录**：调用 `POST /api/auth/login`，把返回的 `token` 填到右上角 **Authorize** 的 `crm` 中。',
  '',
  '成功：`{success:true, message, data, timestamp}`；失败：`{success:false, message, code, details?, requestId, timestamp}`。',
  '',
  '**招聘市场**：调用 `POST /wechat/user/register` 或 `POST /wechat/user/login`，把响应头 `Authorization` 中的令牌填到 `marketplace`，返回的 `id` 填到 `user_id`。',
  '',
  '成功：`{code:0, message, data}`；失败：`{code, message, data}`，`code` 为 HTTP 状态码，或业务码 1002（联系券不足）、1003（金额不符）。时间为北京时间 `YYYY-MM-DD HH:mm:ss.SSS`。',
  '',
  '**错误码**：`message` 可以直接显示给用户，下表是没有更具体说明时的文字。',
  '',
  '| HTTP | code | message |',
  '| --- | --- | --- |',
  ...Object.entries(ERRORS).map(([code, { status, message }]) => `| ${status} | \`${code}\` | ${message} |`),
  ...Object.values(BUSINESS_ERRORS).map(
    ({ status, business, message }) => `| ${status} | \`${business}\`（招聘市场） | ${message} |`,
  ),
].join('\n');

/** The OpenAPI 3.1 document of both APIs. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('家政 CRM 与招聘市场 API')
    .setDescription(DESCRIPTION)
    .setVersion('1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'CRM 令牌' }, 'crm')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: '招聘市场令牌' },
      'marketplace',
    )
    .addApiKey({ type: 'apiKey', in: 'header', name: 'user_id', description: '登录接口返回的 ID' }, 'user_id')
    .addTag('登录')
    .addTag('员工账号')
    .addTag('客户')
    .addTag('简历')
    .addTag('文件')
    .addTag('证件识别')
    .addTag('视频面试')
    .addTag('视频服务')
    .addTag('微信')
    .addTag('消息')
    .addTag('线索')
    .addTag('轮播图')
    .addTag('文章')
    .addTag('访问日志')
    .addTag('操作记录')
    .addTag('运行状态')
    .addTag('市场：用户')
    .addTag('市场：招聘')
    .addTag('市场：收藏')
    .addTag('市场：联系')
    .addTag('市场：联系券')
    .addTag('市场：支付')
    .addTag('市场：图片')
    .addTag('市场管理')
    .build();
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  document.components = {
    ...document.components,
    schemas: {
      ...document.components?.schemas,
      Failure: documentSchema(failureSchema),
      MarketplaceFailure: documentSchema(marketplaceFailureSchema),
    },
  };
  nameSpellings(document);
  return addFieldExamples(cleanupOpenApiDoc(document, { version: '3.1' }));
}

/** Of a route with several spellings the library numbers the operations, in brackets that no generator likes. */
function nameSpellings({ paths }: OpenAPIObject): void {
  for (const path of Object.values(paths)) {
    for (const operation of Object.values(path) as { operationId?: string }[]) {
      const [, name, number] = /^(.+)\[(\d+)\]$/.exec(operation.operationId ?? '') ?? [];
      if (name) operation.operationId = number === '0' ? name : `${name}_${Number(number) + 1}`;
    }
  }
}

/**
 * Swagger UI at /api/docs, from files of its npm package: it works without the internet. The document is made at the
 * first visit, if it is given as a function.
 */
export function serveApiDocument(
  app: NestFastifyApplication,
  document: OpenAPIObject | (() => OpenAPIObject),
): void {
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/docs-json',
    raw: ['json'],
    customSiteTitle: '接口文档',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, docExpansion: 'list' },
  });
}
