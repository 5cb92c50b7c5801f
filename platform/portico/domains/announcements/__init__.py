"""What a company tells its people, and who has read it.

An *announcement* is written, perhaps reviewed, and published to an *audience*; publishing is a job that gives each
person of the audience a row, the *recipient*, which says what became of it with them: delivered, read, acknowledged,
removed. A change after publishing is a *revision*; one that is *material* asks for acknowledgements anew. A *run* is
the resumable work of bringing recipients and audience together. Who belongs to an audience is the directory's to say,
and how people are notified is `notifications`'; here stands who is told what, and when.
"""
