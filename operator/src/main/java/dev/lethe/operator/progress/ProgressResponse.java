package dev.lethe.operator.progress;

import dev.lethe.api.stage.ProgressPost;

/** The HTTP response to a report of progress. */
record ProgressResponse(int code, String message) {
    static final ProgressResponse ACCEPTED = new ProgressResponse(200, "taken");
    static final ProgressResponse UNAUTHORIZED =
            new ProgressResponse(401, "found no token of the audience " + ProgressPost.AUDIENCE);

    /** Also for a stage that does not exist: a stranger must not learn which stages there are. */
    static final ProgressResponse FORBIDDEN =
            new ProgressResponse(403, "a pod reports of the open attempt that it belongs to only");

    static final ProgressResponse NOT_FOUND = new ProgressResponse(404, "expected POST to a stage's status");
    static final ProgressResponse TOO_LARGE =
            new ProgressResponse(413, "found a larger document, expected at most " + ProgressPost.MAX_BYTES + " bytes");
    static final ProgressResponse RATE_LIMITED =
            new ProgressResponse(429, "too many reports; the latest is what counts");
    static final ProgressResponse ADDRESS_BLOCKED =
            new ProgressResponse(429, "this address was refused too often; later again");
    static final ProgressResponse UNAVAILABLE = new ProgressResponse(503, "the operator cannot ask the API server now");

    static ProgressResponse invalid(String message) {
        return new ProgressResponse(400, message);
    }

    /** Whether the caller is at fault. Our workers do not repeat such a report. */
    boolean clientError() {
        return code >= 400 && code < 500 && code != 429;
    }
}
