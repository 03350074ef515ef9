import { applyDecorators, Controller, HttpCode, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants';
import { ApiTags } from '@nestjs/swagger';
import { type Convention, policyOf, routeConfig } from './route-config';

/** A controller of the CRM API: `/api/<path>`, camelCase, the `{success,message,data}` envelope. */
export function CrmController(path: string, tag: string): ClassDecorator {
  return applyDecorators(conventionOfAllRoutes('crm'), ApiTags(tag), Controller(`api/${path}`));
}

/** A controller of the marketplace API: no prefix, snake_case, the `{code,message,data}` envelope. */
export function MarketplaceController(path: string, tag: string): ClassDecorator {
  return applyDecorators(conventionOfAllRoutes('marketplace'), ApiTags(tag), Controller(path));
}

/** A controller whose answers go out as they are. */
export function PlainController(path: string): ClassDecorator {
  return applyDecorators(conventionOfAllRoutes('plain'), Controller(path));
}

/** A controller that WeChat Pay posts its notices to: no envelope, and `{"code":"FAIL","message"}` for what is refused. */
export function PayNoticeController(path: string, tag: string): ClassDecorator {
  return applyDecorators(conventionOfAllRoutes('wechat-pay'), ApiTags(tag), Controller(path));
}

/** Runs after the methods' decorators, so it sees each route whole: one without @Access stops the start. */
function conventionOfAllRoutes(convention: Convention): ClassDecorator {
  return (controller) => {
    const prototype = controller.prototype as object;
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
      const handler: unknown = descriptor?.value;
      if (!descriptor || typeof handler !== 'function') continue;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) continue;
      if (!policyOf(handler).access) throw new Error(`${controller.name}.${name} has no @Access`);
      routeConfig({ convention })(prototype, name, descriptor);
      HttpCode(200)(prototype, name, descriptor);
    }
  };
}
