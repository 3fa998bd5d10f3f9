package dev.lethe.operator.progress;

/** What a reporting worker is told. */
record Answer(int code, String message) {
    static final Answer TAKEN = new Answer(200, "taken");
    static final Answer NO_TOKEN = new Answer(401, "found no token of the audience " + Callers.AUDIENCE);
    static final Answer NOT_YOURS = new Answer(403, "a pod reports of the open attempt that it belongs to only");
    static final Answer NO_STAGE = new Answer(404, "no such stage");
    static final Answer TOO_MANY = new Answer(429, "too many reports; the latest is what counts");
    static final Answer NOT_READY = new Answer(503, "the operator is starting");

    static Answer invalid(String message) {
        return new Answer(400, message);
    }
}
