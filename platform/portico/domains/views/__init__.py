"""Lists that people come back to.

A *view* keeps how somebody looks at a list: its filter in the list's own grammar, its columns and its sort, under a
name. It is personal, or *shared* with everybody who may read that list. It shows what its reader may see, never what
its maker saw. A view whose filter names what is gone (a property, an option) is *invalid* and says so; it never shows
everything instead. Which lists there are stands in `objects`.
"""
