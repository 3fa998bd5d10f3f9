package dev.lethe.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.dockerjava.api.DockerClient;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.function.Supplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** The only node of the tests' Kubernetes: a container that keeps the contract of {@code rancher/k3s}. */
public final class Node implements AutoCloseable {
    /** The user that workers run as. */
    private static final String WORKER = "65532:65532";

    private static final String AUDIT_POLICY = "/etc/lethe-e2e/audit.yaml";
    private static final String AUDIT_LOG = "/var/log/lethe-audit.log";
    private static final String API_SERVER_PID = "/run/kube-apiserver.pid";
    private static final int EXECUTABLE = 0755;
    private static final Duration START = Duration.ofMinutes(4);

    /** Who asked for what, of the operator alone. */
    private static final String AUDIT =
            """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - {level: Metadata, userGroups: ["system:serviceaccounts:%s"]}
            - {level: None}
            """
                    .formatted(Installation.NAMESPACE);

    /** In place of the program of that name where a node has one: with the audit log, and started again when killed. */
    private static final String API_SERVER =
            """
            #!/bin/bash
            while true; do
              (exec -a kube-apiserver /usr/local/bin/testcluster "$@" --audit-policy-file=%s --audit-log-path=%s) &
              echo $! > %s
              wait $!
            done
            """
                    .formatted(AUDIT_POLICY, AUDIT_LOG, API_SERVER_PID);

    private final K3sContainer container;

    private Node(K3sContainer container) {
        this.container = container;
    }

    /** A node that is ready, and stopped when the JVM ends. */
    static Node start(String image) {
        var name = DockerImageName.parse(image).asCompatibleSubstituteFor("rancher/k3s");
        var container = new K3sContainer(name);
        container
                .withStartupTimeout(START) // a busy machine takes longer than the minute that is the default
                .withCommand(
                        "server",
                        "--disable=traefik",
                        "--disable=metrics-server",
                        "--tls-san=" + container.getHost(),
                        "--kube-apiserver-arg=audit-policy-file=" + AUDIT_POLICY,
                        "--kube-apiserver-arg=audit-log-path=" + AUDIT_LOG)
                .withCopyToContainer(Transferable.of(AUDIT), AUDIT_POLICY)
                .withCopyToContainer(Transferable.of(API_SERVER, EXECUTABLE), "/usr/local/bin/kube-apiserver");
        var node = new Node(container);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        container.start();
        return node;
    }

    KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(container.getKubeConfigYaml()))
                .build();
    }

    /** A file that tells helm where the API server is. */
    Path kubeconfig() {
        try {
            var file = Files.createTempFile("kubeconfig", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, container.getKubeConfigYaml());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts images of this machine's Docker engine onto the node, layers that they share once. */
    void load(String... images) {
        DockerClient docker = DockerClientFactory.instance().client();
        var save = docker.saveImagesCmd();
        for (String image : images) {
            save.withImage(image.replaceFirst(":[^:/]*$", ""), image.replaceFirst(".*:", ""));
        }
        try (InputStream saved = save.exec()) {
            Path archive = Files.createTempFile("image", ".tar");
            try {
                Files.copy(saved, archive, StandardCopyOption.REPLACE_EXISTING);
                container.copyFileToContainer(MountableFile.forHostPath(archive), "/image.tar");
            } finally {
                Files.delete(archive);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("ctr -n k8s.io images import /image.tar && rm /image.tar");
    }

    /** Gives an image of the node another name, too. */
    void tag(String image, String name) {
        run("ctr -n k8s.io images tag %s %s".formatted(image, name));
    }

    /** Puts a file or folder of this machine onto the node, for workers to read and write. */
    public void copy(Path from, String to) {
        container.copyFileToContainer(MountableFile.forHostPath(from), to);
        run("chown -R %s %s".formatted(WORKER, to));
    }

    /** Puts a text onto the node, for workers to read and write. */
    public void write(String text, String to) {
        container.copyFileToContainer(Transferable.of(text.getBytes(UTF_8)), to);
        run("chown -R %s %s".formatted(WORKER, to));
    }

    /** Makes a folder that workers may write. */
    public void folder(String path) {
        run("mkdir -p %s && chown -R %s %s".formatted(path, WORKER, path));
    }

    /** Fetches a folder of the node. */
    public void fetch(String folder, Path to) {
        run("tar -cf /fetch.tar -C %s .".formatted(folder));
        Path archive = to.resolve("fetch.tar");
        container.copyFileFromContainer("/fetch.tar", archive.toString());
        Command.run(to, "tar", "-xf", archive.toString());
    }

    public boolean has(String path) {
        return exec("test -e " + path) == 0;
    }

    /** Runs a shell command on the node and returns what it prints. */
    public String run(String command) {
        try {
            var result = container.execInContainer("sh", "-c", command);
            if (result.getExitCode() != 0) {
                throw new IllegalStateException(command + ": " + result.getStderr());
            }
            return result.getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int exec(String command) {
        try {
            return container.execInContainer("sh", "-c", command).getExitCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Kills the container of a pod that has one, as the kernel does when memory runs out. */
    public void kill(Supplier<Pod> pod) {
        Await.until("a container to kill", () -> kill(pod.get()), () -> pod.get()
                .getStatus()
                .toString());
    }

    private boolean kill(Pod pod) {
        var container = pod.getStatus().getContainerStatuses().getFirst();
        var id = container.getContainerID().replaceFirst(".*/", "");
        return container.getState().getRunning() != null && exec("ctr -n k8s.io tasks kill -s SIGKILL " + id) == 0;
    }

    /** Whether the API server is a process of its own; in k3s it is not. */
    public boolean hasOwnApiServer() {
        return has(API_SERVER_PID);
    }

    /** Ends its process without notice, and waits until the next one is ready: it then has read all roles, too. */
    void killApiServer() {
        var killed = run("cat " + API_SERVER_PID);
        run("kill -9 " + killed);
        Await.until(
                "another API server",
                () -> !run("cat " + API_SERVER_PID).equals(killed)
                        && exec("kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml get --raw /readyz") == 0,
                () -> "the one that was killed");
    }

    /** Every request of the operator, one JSON document a line. */
    public String auditLog() {
        return container.copyFileFromContainer(AUDIT_LOG, stream -> new String(stream.readAllBytes(), UTF_8));
    }

    @Override
    public void close() {
        container.stop();
    }
}
