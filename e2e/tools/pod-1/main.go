// What containers of the suites' own images run: one static program, in a few modes.
//
//	pod pause         waits until it is told to end
//	pod serve [PORT]  answers every HTTP request with the file /content of its image; 8080 where no port is named
//	pod exit [STATUS] ends at once; 0 where no status is named
//	pod squat ADDRESS takes an address as soon as nobody has it, and asks whoever comes for a password
//
// A first line says which mode, and when it began, in milliseconds since 1970.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	misused  = 64
	patience = 10 * time.Second
)

func main() {
	mode := argument(1, "pause")
	fmt.Printf("%s %d\n", mode, time.Now().UnixMilli())
	switch mode {
	case "pause":
		awaitEnd()
	case "serve":
		serve(argument(2, "8080"))
	case "exit":
		end(argument(2, "0"))
	case "squat":
		squat(argument(2, "127.0.0.1:5050"))
	default:
		fail(misused, "no such mode: "+mode)
	}
}

func argument(at int, otherwise string) string {
	if len(os.Args) > at {
		return os.Args[at]
	}
	return otherwise
}

func awaitEnd() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	<-told
}

// By hand, as net/http alone would more than double the program, and so every image.
func serve(port string) {
	content, err := os.ReadFile("/content")
	if err != nil {
		content = []byte("nothing\n")
	}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		fail(1, err.Error())
	}
	go answerAll(listener, "200 OK", "Content-Type: text/plain\r\n", content)
	// As the first process of a container it has no default for signals.
	awaitEnd()
}

func squat(address string) {
	for {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			time.Sleep(time.Millisecond)
			continue
		}
		fmt.Println("here")
		answerAll(listener, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"stranger\"\r\n", nil)
	}
}

func answerAll(listener net.Listener, status, fields string, content []byte) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			fail(1, err.Error())
		}
		go answer(connection, status, fields, content)
	}
}

func answer(connection net.Conn, status, fields string, content []byte) {
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(patience))
	asked := ""
	for request := bufio.NewScanner(connection); request.Scan() && request.Text() != ""; {
		line := request.Text()
		if asked == "" {
			asked = strings.TrimSuffix(line, " HTTP/1.1")
		}
		if strings.HasPrefix(strings.ToLower(line), "authorization:") {
			fmt.Println("shown", asked)
		}
	}
	fmt.Fprintf(connection, "HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		status, fields, len(content), content)
}

func end(status string) {
	number, err := strconv.Atoi(status)
	if err != nil {
		fail(misused, err.Error())
	}
	os.Exit(number)
}

func fail(status int, why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(status)
}
