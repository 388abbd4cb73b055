# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""The preferences of a host of libpurple's, written before it starts."""

import pathlib
from xml.etree import ElementTree

# A host that plays a sound where there is no audio device hangs when it quits.
SILENT = {
    "/pidgin/sound/method": "none",
    "/finch/sound/profiles/default/method": "nosound",
}


def get_child(parent, name):
    for child in parent:
        if child.get("name") == name:
            return child
    return ElementTree.SubElement(parent, "pref", name=name)


def write(config, preferences):
    """@config: the host's folder; @preferences: libpurple's name of each, and
    its value, of libpurple's type: a bool, a text, a path, or a list of paths.
    Sounds are off."""
    root = ElementTree.Element("pref", version="1", name="/")
    for name, value in {**SILENT, **preferences}.items():
        pref = root
        for part in name.strip("/").split("/"):
            pref = get_child(pref, part)
        if isinstance(value, list):
            pref.set("type", "pathlist")
            for path in value:
                ElementTree.SubElement(pref, "item", value=str(path))
        elif isinstance(value, bool):
            pref.attrib.update(type="bool", value=str(int(value)))
        elif isinstance(value, pathlib.Path):
            pref.attrib.update(type="path", value=str(value))
        else:
            pref.attrib.update(type="string", value=value)
    ElementTree.ElementTree(root).write(
        config / "prefs.xml", encoding="UTF-8", xml_declaration=True
    )
