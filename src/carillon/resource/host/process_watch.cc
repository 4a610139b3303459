// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/host/process_watch.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

namespace carillon::host {

namespace {

int open_process(std::int64_t process) {
#ifdef SYS_pidfd_open
    return static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(process), 0U));
#else
    errno = ENOSYS;
    return -1;
#endif
}

/// Whether /proc has the process no more, or as one that has ended.
bool ended_in_proc(std::int64_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t name_end = text.rfind(") ");  // the name before may hold anything
    if (name_end == std::string::npos) return true;
    const char state = text[name_end + 2];
    return state == 'Z' || state == 'X';
}

}  // namespace

ProcessWatch::ProcessWatch(std::int64_t process, bool with_descriptor) : process_(process) {
    if (!with_descriptor) return;
    descriptor_ = Descriptor(open_process(process));
    gone_ = !descriptor_ && errno == ESRCH;
}

bool ProcessWatch::ended() const {
    if (gone_) return true;
    if (!descriptor_) return ended_in_proc(process_);
    pollfd ask{descriptor_.number(), POLLIN, 0};
    return poll(&ask, 1, 0) == 1;
}

}  // namespace carillon::host
