;;; Emacs with eglot as a client of the language server that the environment names: what happened is printed as JSON.
(require 'eglot)
(setq eglot-sync-connect 5 eglot-connect-timeout 5 eglot-autoshutdown nil)
(let ((seen (list)) (file (expand-file-name "a.txt" (make-temp-file "portcall" t))))
  (with-temp-file file (insert "first\nsecond\n"))
  (find-file file)
  (let* ((contact (list (getenv "LANGUAGE_SERVER_NODE") (getenv "LANGUAGE_SERVER")))
         (server (eglot '(text-mode) (cons 'transient default-directory) 'eglot-lsp-server contact "text")))
    (push (cons 'hover (plist-get (plist-get (jsonrpc-request server :textDocument/hover
                                                             (list :textDocument (list :uri (concat "file://" file))
                                                                   :position (list :line 1 :character 0)))
                                             :contents)
                                  :value))
          seen)
    ;; It sends `"params": null`, as JSON has it for nil.
    (push (cons 'shutdown (condition-case error
                              (progn (jsonrpc-request server :shutdown nil :timeout 5) "answered")
                            (error (format "%s" error))))
          seen)
    (jsonrpc-notify server :exit nil)
    (let ((process (jsonrpc--process server)))
      (dotimes (_ 50) (when (process-live-p process) (accept-process-output process 0.1)))
      (push (cons 'exit (process-exit-status process)) seen)))
  (princ (concat (json-encode seen) "\n")))
