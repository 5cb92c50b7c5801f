"""Files that people and apps attach to things, and the pictures of people.

An *attachment* is uploaded first, and is then *linked* once to its *owner*, such as a comment of a ticket; what is
not linked within a day is swept. Before it is linked only its uploader sees it; afterwards whoever may read the owner.
What a file is, its content says and not its name. Pictures are drawn anew, without what a camera wrote into them, and
are the only files that a page shows; all others are downloads. The bytes lie in `kernel.blobs`; which domain owns
what stands in `owners`, filled from above.
"""
