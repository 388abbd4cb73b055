/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench/libraries.h"

#include <libxml/HTMLparser.h>
#include <string.h>

JsonParser *
wn_libraries_parse_json (const char *text, gsize length)
{
  JsonParser *parser = json_parser_new ();

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL)
      || json_object_get_string_member (json_node_get_object (
                                            json_parser_get_root (parser)),
                                        "title")
             == NULL)
    g_error ("a frame without a title");
  return parser;
}

static void
on_sax_characters (void *data, const xmlChar *text, int length)
{
}

static void
on_sax_start (void *data, const xmlChar *name, const xmlChar **attributes)
{
}

static void
on_sax_end (void *data, const xmlChar *name)
{
}

void
wn_libraries_parse_html (const char *html)
{
  htmlSAXHandler sax = {
    .startElement = on_sax_start,
    .endElement = on_sax_end,
    .characters = on_sax_characters,
  };
  htmlParserCtxtPtr context = htmlCreatePushParserCtxt (&sax,
                                                        NULL,
                                                        NULL,
                                                        0,
                                                        NULL,
                                                        XML_CHAR_ENCODING_UTF8);

  htmlParseChunk (context, html, (int) strlen (html), 1);
  htmlFreeParserCtxt (context);
}
