#pragma once

// What the root shows inside of a directory that is fresh for each job.

namespace maelstrom::slot {

/// A detached clone of what is at a path of the root, with all that is mounted below.
long clone_kept(int root, const char* path);

/// A mount point of the same kind for it, with the directories that lead there.
long make_place(int directory, const char* kept, const char* target);

/// A directory; or a link, if it is to lead somewhere. With the directories that lead there.
long make_entry(const char* path, const char* link_target);

/// Mounts what is at a path once more, read-only and without what will be mounted below it.
long make_view(const char* path, const char* view);

}  // namespace maelstrom::slot
