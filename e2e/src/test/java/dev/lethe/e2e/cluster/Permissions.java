package dev.lethe.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.api.document.Documents;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Kinds of requests, each as {@code VERB RESOURCE.GROUP[/SUBRESOURCE]}, such as {@code create jobs.batch}.
 *
 * @param allowed what the API server did
 * @param refused what it forbade
 */
public record Permissions(SortedSet<String> allowed, SortedSet<String> refused) {
    private static final int FORBIDDEN = 403;

    /** What an audit log of the API server has seen. */
    public static Permissions used(String auditLog) {
        var permissions = new Permissions(new TreeSet<>(), new TreeSet<>());
        auditLog.lines()
                .map(line -> Documents.parse("audit log", line, JsonNode.class))
                .filter(request -> request.path("objectRef").has("resource"))
                .forEach(permissions::add);
        return permissions;
    }

    private void add(JsonNode request) {
        var object = request.get("objectRef");
        var group = object.path("apiGroup").asText();
        var subresource = object.path("subresource").asText();
        var permission =
                request.get("verb").asText() + " " + object.get("resource").asText()
                        + (group.isEmpty() ? "" : "." + group) + (subresource.isEmpty() ? "" : "/" + subresource);
        var code = request.path("responseStatus").path("code").asInt();
        (code == FORBIDDEN ? refused : allowed).add(permission);
    }
}
