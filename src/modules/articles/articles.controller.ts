import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { IdParam } from '../../common/validation/fields';
import {
  articleListItem,
  CreateArticleDto,
  ListArticlesDto,
  ListPublishedDto,
  publishedArticle,
  staffArticle,
  staffArticleItem,
  UpdateArticleDto,
} from './articles.dto';
import { ArticlesService } from './articles.service';

@CrmController('articles', '文章')
export class ArticlesController {
  constructor(private readonly articles: ArticlesService) {}

  @Get('miniprogram/list')
  @Access('public')
  @Answers({ summary: '已发布的文章，最新的在前；不含正文', data: pageSchema(articleListItem) })
  published(@Query() query: ListPublishedDto) {
    return this.articles.published(query);
  }

  @Get('miniprogram/:id')
  @Access('public')
  @Answers({ summary: '已发布的文章；计一次阅读', data: publishedArticle })
  read(@Param() { id }: IdParam) {
    return this.articles.read(id);
  }

  @Get()
  @Access('admin', 'manager')
  @Answers({ summary: '全部文章；不含正文', data: pageSchema(staffArticleItem) })
  list(@Query() query: ListArticlesDto) {
    return this.articles.list(query);
  }

  @Post()
  @Access('admin', 'manager')
  @Idempotent()
  @Answers({ summary: '新建文章', message: '创建成功', data: staffArticle })
  create(@Body() input: CreateArticleDto, @CurrentCaller() caller: StaffCaller) {
    return this.articles.create(input, caller);
  }

  @Get(':id')
  @Access('admin', 'manager')
  @Answers({ summary: '文章详情，含编辑原文', data: staffArticle })
  get(@Param() { id }: IdParam) {
    return this.articles.get(id);
  }

  @Patch(':id')
  @Access('admin', 'manager')
  @Answers({ summary: '修改文章', message: '更新成功', data: staffArticle })
  update(@Param() { id }: IdParam, @Body() input: UpdateArticleDto, @CurrentCaller() caller: StaffCaller) {
    return this.articles.update(id, input, caller);
  }

  @Delete(':id')
  @Access('admin', 'manager')
  @Answers({ summary: '删除文章', message: '删除成功' })
  remove(@Param() { id }: IdParam, @CurrentCaller() caller: StaffCaller) {
    return this.articles.remove(id, caller);
  }
}
