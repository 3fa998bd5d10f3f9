package dev.lethe.operator.progress;

import dev.lethe.api.stage.ProgressPost;

/** What a reporting worker is told. */
record Answer(int code, String message) {
    static final Answer TAKEN = new Answer(200, "taken");
    static final Answer NO_TOKEN = new Answer(401, "found no token of the audience " + ProgressPost.AUDIENCE);

    /** Also where there is no such stage: whoever has no business here does not learn which stages there are. */
    static final Answer NOT_YOURS = new Answer(403, "a pod reports of the open attempt that it belongs to only");

    static final Answer NO_SUCH_PATH = new Answer(404, "expected POST to a stage's status");
    static final Answer TOO_LARGE =
            new Answer(413, "found a larger document, expected at most " + ProgressPost.MAX_BYTES + " bytes");
    static final Answer TOO_MANY = new Answer(429, "too many reports; the latest is what counts");
    static final Answer REFUSED_TOO_OFTEN = new Answer(429, "this address was refused too often; later again");
    static final Answer NOT_NOW = new Answer(503, "the operator cannot ask the API server now");

    static Answer invalid(String message) {
        return new Answer(400, message);
    }

    /** Whether it is the caller's own fault, which no worker of ours repeats. */
    boolean refusal() {
        return code >= 400 && code < 500 && code != 429;
    }
}
